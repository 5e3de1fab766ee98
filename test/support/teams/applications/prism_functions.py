"""PRISM's four edge functions: "Edge Functions Deployment". The runbook shows requests of two, and no answer."""
from common import Failure, log_to, port, required, serve

log_to({})
anon_key = required("SUPABASE_ANON_KEY")


def number(body, name):
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise Failure(400, f"{name} is not a number")
    return value


def income_tax(body):
    """The bands of a year, in naira: the upper end of each, and its rate."""
    bands = ((800_000, 0), (3_000_000, 0.15), (12_000_000, 0.18), (25_000_000, 0.21), (50_000_000, 0.23))
    income, tax, lower = number(body, "monthlyIncome") * 12, 0, 0
    for upper, rate in (*bands, (float("inf"), 0.25)):
        tax += max(0, min(income, upper) - lower) * rate
        lower = upper
    return {"monthlyTax": round(tax / 12, 2)}


def classify(body):
    if not isinstance(body.get("businessId"), str):
        raise Failure(400, "businessId is missing")
    return {"classification": "small" if number(body, "annualTurnover") <= 100_000_000 else "large"}


def unknown(_body):
    raise Failure(400, "the runbook shows no request of this function")


functions = {
    "income-tax-calculator": income_tax,
    "vat-calculator": unknown,
    "business-classifier": classify,
    "anti-avoidance-check": unknown,
}


def authorized(function):
    def answer(request):
        if not request.bears(anon_key):
            raise Failure(401, "unauthorized")
        return function(request.json())

    return answer


serve(port(3000), {("POST", f"/functions/v1/{name}"): authorized(each) for name, each in functions.items()})
