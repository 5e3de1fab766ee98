import { antiAvoidanceCheck } from "../../../../lab/stand-in/prism/functions/anti-avoidance-check";
import { businessClassifier } from "../../../../lab/stand-in/prism/functions/business-classifier";
import { incomeTaxCalculator } from "../../../../lab/stand-in/prism/functions/income-tax-calculator";
import { vatCalculator } from "../../../../lab/stand-in/prism/functions/vat-calculator";

test("income tax of the runbook's request", () => {
  expect(incomeTaxCalculator({ monthlyIncome: 500000 })).toEqual({
    currency: "NGN",
    monthlyIncome: 500000,
    annualIncome: 6000000,
    annualTax: 870000,
    monthlyTax: 72500,
    monthlyNetIncome: 427500,
    effectiveRate: 0.145,
    bands: [
      { from: 0, rate: 0, taxable: 800000, tax: 0 },
      { from: 800000, rate: 0.15, taxable: 2200000, tax: 330000 },
      { from: 3000000, rate: 0.18, taxable: 3000000, tax: 540000 },
    ],
  });
});

test.each([
  [0, 0],
  [800_000, 0],
  [3_000_000, 330_000],
  [12_000_000, 1_950_000],
  [25_000_000, 4_680_000],
  [50_000_000, 10_430_000],
  [60_000_000, 12_930_000],
])("income tax of %d a year is %d", (annualIncome, annualTax) => {
  const result = incomeTaxCalculator({ monthlyIncome: annualIncome / 12 });
  expect([result.annualIncome, result.annualTax]).toEqual([annualIncome, annualTax]);
});

test("VAT on top of an amount and inside one", () => {
  expect(vatCalculator({ amount: 10000 })).toMatchObject({
    rate: 0.075,
    netAmount: 10000,
    vatAmount: 750,
    grossAmount: 10750,
  });
  expect(vatCalculator({ amount: 10750, inclusive: true })).toMatchObject({ netAmount: 10000, vatAmount: 750 });
  expect(vatCalculator({ amount: 0.99 })).toMatchObject({ vatAmount: 0.07, grossAmount: 1.06 });
});

test("class of the runbook's business, and at the limit", () => {
  expect(businessClassifier({ businessId: "uuid-here", annualTurnover: 50000000 }, 0.7)).toEqual({
    businessId: "uuid-here",
    annualTurnover: 50000000,
    classification: "small",
    companyIncomeTaxRate: 0,
    developmentLevyRate: 0,
    confidence: 0.75,
    autoClassified: true,
  });
  expect(businessClassifier({ businessId: "b", annualTurnover: 50000000 }, 0.8).autoClassified).toBe(false);
  expect(businessClassifier({ businessId: "b", annualTurnover: 100_000_000 }, 0.7).classification).toBe("small");
  expect(businessClassifier({ businessId: "b", annualTurnover: 100_000_001 }, 0.7)).toMatchObject({
    classification: "standard",
    companyIncomeTaxRate: 0.3,
    developmentLevyRate: 0.04,
    autoClassified: false,
  });
});

test("what is at arm's length raises no flag", () => {
  const body = { transactionValue: 1100, marketValue: 1000, relatedParty: true, counterpartyTaxRate: 0.15 };
  expect(antiAvoidanceCheck(body)).toEqual({ riskLevel: "none", requiresReview: false, flags: [] });
});

test("each rule of the avoidance check", () => {
  const related = antiAvoidanceCheck({ transactionValue: 1500, marketValue: 1000, relatedParty: true });
  expect(related).toEqual({
    riskLevel: "high",
    requiresReview: true,
    flags: [
      {
        rule: "not-at-arms-length",
        severity: "high",
        reason: "The price is 50.0 % off the market value between related parties.",
      },
    ],
  });
  expect(antiAvoidanceCheck({ transactionValue: 1, commercialPurpose: false }).flags[0]?.rule).toBe(
    "no-commercial-purpose",
  );
  const lowTax = antiAvoidanceCheck({ transactionValue: 1, counterpartyTaxRate: 0.149 });
  expect([lowTax.riskLevel, lowTax.flags[0]?.rule]).toEqual(["medium", "low-tax-counterparty"]);
});

test.each([
  [() => incomeTaxCalculator({}), "monthlyIncome must be a number from 0 to 10000000000000."],
  [() => incomeTaxCalculator({ monthlyIncome: "500000" }), "monthlyIncome must be a number from 0 to 10000000000000."],
  [() => vatCalculator({ amount: -1 }), "amount must be a number from 0 to 10000000000000."],
  [() => vatCalculator({ amount: 1, inclusive: "yes" }), "inclusive must be true or false."],
  [() => businessClassifier({ annualTurnover: 1 }, 0.7), "businessId must be a text that is not empty."],
  [
    () => antiAvoidanceCheck({ transactionValue: 1, counterpartyTaxRate: 15 }),
    "counterpartyTaxRate must be a number from 0 to 1.",
  ],
])("bad input %# names its field", (compute, message) => {
  expect(compute).toThrow(message);
});
