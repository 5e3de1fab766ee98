/**
 * Routes of the four functions in the runbook's "Edge Functions Deployment", at Supabase's paths.
 *
 * Each is POST /functions/v1/<name> with a JSON body. It requires SUPABASE_ANON_KEY as a bearer token if that variable
 * is set. It answers 200 with its result and `standIn: true`, or 400 with `{error, field}` for invalid input.
 */
import { requireBearer } from "../../core/authorization";
import { readBody, type Body } from "../../core/fields";
import type { Route } from "../../core/http";
import type { PrismSettings } from "../settings";
import { antiAvoidanceCheck } from "./anti-avoidance-check";
import { businessClassifier } from "./business-classifier";
import { incomeTaxCalculator } from "./income-tax-calculator";
import { vatCalculator } from "./vat-calculator";

export function functionRoutes(settings: PrismSettings): Route[] {
  const functions: Record<string, (body: Body) => object> = {
    "income-tax-calculator": incomeTaxCalculator,
    "vat-calculator": vatCalculator,
    "business-classifier": (body) => businessClassifier(body, settings.confidenceThreshold),
    "anti-avoidance-check": antiAvoidanceCheck,
  };
  return Object.entries(functions).map(([name, compute]) => ({
    method: "POST",
    path: `/functions/v1/${name}`,
    handle: (request) => {
      if (settings.anonKey) requireBearer(request, "SUPABASE_ANON_KEY", settings.anonKey);
      return { status: 200, body: { ...compute(readBody(request.body)), standIn: true } };
    },
  }));
}
