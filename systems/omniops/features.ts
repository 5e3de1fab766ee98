/** The features of Phase 4 and what each builds on: the guide's PHASE4_ROLLOUT_CONFIG and its six FEATURE_ variables. */
import type { FlagDefinitions } from "../../components/feature-flags";
import type { OmniopsPart } from "./schema";

export type Feature =
  | "sentiment_analysis"
  | "response_suggestions"
  | "auto_categorization"
  | "predictive_analytics"
  | "auto_escalation"
  | "conversation_insights";

export const features: FlagDefinitions<Feature> = {
  sentiment_analysis: { requires: [] },
  response_suggestions: { requires: ["sentiment_analysis"] },
  auto_categorization: { requires: [] },
  predictive_analytics: { requires: [] },
  auto_escalation: { requires: ["sentiment_analysis"] },
  conversation_insights: { requires: [] },
};

/** The table that a feature writes to, which is the part of the schema of the same name. */
export const neededPart: Readonly<Record<Feature, OmniopsPart>> = {
  sentiment_analysis: "sentiment_analysis",
  response_suggestions: "response_suggestions",
  auto_categorization: "conversation_categories",
  predictive_analytics: "prediction_analysis",
  auto_escalation: "escalation_events",
  conversation_insights: "conversation_insights",
};
