/**
 * Route of the feature flags.
 *
 * - GET /api/features?customerId= -> 200 {customerId, features: {sentiment_analysis: false, ...}}: the features that
 *   are on for the customer. Needs no database.
 */
import { text } from "../core/fields";
import type { Answer, Request, Route } from "../core/http";
import type { FeatureFlags } from "./feature-flags";
import { features } from "./settings";

export function featureRoutes(flags: FeatureFlags): Route[] {
  function list(request: Request): Answer {
    const customerId = text({ customerId: request.query.get("customerId") }, "customerId");
    const states = features.map((feature) => [feature, flags.isOn(feature, customerId)]);
    return { status: 200, body: { customerId, features: Object.fromEntries(states) as Record<string, boolean> } };
  }

  return [{ method: "GET", path: "/api/features", handle: list }];
}
