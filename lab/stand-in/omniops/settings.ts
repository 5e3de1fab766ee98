/** OmniOps' own variables: "Phase 4 Deployment Guide: Environment Variables" with its defaults. */
import { booleanSetting, numberSetting, type Environment } from "../core/settings";

/** Names of the queues. */
export const queues = { sentiment: "sentiment-analysis" } as const;

/** The features of Phase 4, as the guide's rollout configuration names them. */
export const features = [
  "sentiment_analysis",
  "response_suggestions",
  "auto_categorization",
  "predictive_analytics",
  "auto_escalation",
  "conversation_insights",
] as const;

export type Feature = (typeof features)[number];

export interface OmniOpsSettings {
  /** FEATURE_SENTIMENT_ANALYSIS and so on, default false: a feature that is off here is off for everybody. */
  switches: Readonly<Record<Feature, boolean>>;
  /** FEATURE_ROLLOUT_FILE: the file with the rollout configuration. Without it all features are off. */
  rolloutFile: string | undefined;
  /** ESCALATION_SENTIMENT_THRESHOLD, default 0.3: a message with a lower score is escalated. */
  escalationThreshold: number;
}

/** The environment variable that switches a feature. */
export const switchOf = (feature: Feature) => `FEATURE_${feature.toUpperCase()}`;

/** Throws SettingsError naming the variable that cannot be used. */
export function readOmniOpsSettings(environment: Environment): OmniOpsSettings {
  const switches = features.map((feature) => [feature, booleanSetting(environment, switchOf(feature), false)] as const);
  const ratio = { minimum: 0, maximum: 1 };
  return {
    switches: Object.fromEntries(switches) as Record<Feature, boolean>,
    rolloutFile: environment.FEATURE_ROLLOUT_FILE || undefined,
    escalationThreshold: numberSetting(environment, "ESCALATION_SENTIMENT_THRESHOLD", 0.3, ratio),
  };
}
