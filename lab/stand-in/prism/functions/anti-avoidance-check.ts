/**
 * anti-avoidance-check: {transactionValue, marketValue?, relatedParty?, commercialPurpose?, counterpartyTaxRate?} ->
 * AvoidanceCheck. The runbook deploys this function but shows no request, so the fields are the stand-in's own.
 *
 * Rules, modelled on anti-avoidance law:
 * - not-at-arms-length: more than 10 % off the market value, between related parties. High.
 * - no-commercial-purpose: commercialPurpose is false. High.
 * - low-tax-counterparty: the counterparty is taxed below the minimum effective rate of 15 %. Medium.
 */
import { boolean, number, optional, type Body } from "../../core/fields";
import { largestAmount } from "./money";

export interface AvoidanceCheck {
  /** Highest severity of the flags. `none` without flags. */
  riskLevel: "none" | "medium" | "high";
  requiresReview: boolean;
  flags: Flag[];
}

interface Flag {
  rule: "not-at-arms-length" | "no-commercial-purpose" | "low-tax-counterparty";
  severity: "medium" | "high";
  reason: string;
}

const toleratedDeviation = 0.1;
const minimumEffectiveRate = 0.15;

export function antiAvoidanceCheck(body: Body): AvoidanceCheck {
  const value = number(body, "transactionValue", 0, largestAmount);
  const market = optional(body, "marketValue", (from, field) => number(from, field, 0.01, largestAmount)) ?? value;
  const related = optional(body, "relatedParty", boolean) ?? false;
  const purpose = optional(body, "commercialPurpose", boolean) ?? true;
  const rate = optional(body, "counterpartyTaxRate", (from, field) => number(from, field, 0, 1)) ?? 1;

  const flags: Flag[] = [];
  const deviation = market === 0 ? 0 : Math.abs(value - market) / market;
  if (related && deviation > toleratedDeviation) {
    const reason = `The price is ${(deviation * 100).toFixed(1)} % off the market value between related parties.`;
    flags.push({ rule: "not-at-arms-length", severity: "high", reason });
  }
  if (!purpose)
    flags.push({ rule: "no-commercial-purpose", severity: "high", reason: "No commercial purpose is claimed." });
  if (rate < minimumEffectiveRate) {
    const reason = `The other side is taxed at ${(rate * 100).toFixed(1)} %, below 15 %.`;
    flags.push({ rule: "low-tax-counterparty", severity: "medium", reason });
  }
  const high = flags.some(({ severity }) => severity === "high");
  return { riskLevel: high ? "high" : flags.length > 0 ? "medium" : "none", requiresReview: flags.length > 0, flags };
}
