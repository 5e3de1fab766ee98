/**
 * business-classifier: {businessId, annualTurnover} -> BusinessClass.
 *
 * Under the Nigeria Tax Act 2025 a company with a turnover of at most 100 000 000 a year is small and pays no company
 * income tax. All others pay 30 % and a development levy of 4 %. (The act's other condition, fixed assets of at most
 * 250 000 000, is not in the request.) The runbook's example sends "uuid-here" as the businessId, so any text is
 * accepted.
 */
import { number, text, type Body } from "../../core/fields";
import { largestAmount } from "./money";

export interface BusinessClass {
  businessId: string;
  annualTurnover: number;
  classification: "small" | "standard";
  companyIncomeTaxRate: number;
  developmentLevyRate: number;
  /**
   * Confidence: 0.5 at the limit between the classes, rising to 1 at a turnover of zero, or of twice the limit and
   * more.
   */
  confidence: number;
  /** True if the confidence reaches MODEL_CONFIDENCE_THRESHOLD. Otherwise a person decides. */
  autoClassified: boolean;
}

const smallLimit = 100_000_000;

export function businessClassifier(body: Body, confidenceThreshold: number): BusinessClass {
  const businessId = text(body, "businessId");
  const annualTurnover = number(body, "annualTurnover", 0, largestAmount);
  const small = annualTurnover <= smallLimit;
  const distance = Math.min(1, Math.abs(annualTurnover - smallLimit) / smallLimit);
  const confidence = Number((0.5 + distance / 2).toFixed(4));
  return {
    businessId,
    annualTurnover,
    classification: small ? "small" : "standard",
    companyIncomeTaxRate: small ? 0 : 0.3,
    developmentLevyRate: small ? 0 : 0.04,
    confidence,
    autoClassified: confidence >= confidenceThreshold,
  };
}
