/** Settings of OmniOps: "Phase 4 Deployment Guide: Environment Variables" with its defaults. */
import { booleanSetting, numberSetting, type Environment } from "../core/settings";

/** Names of the queues. */
export const queues = { sentiment: "sentiment-analysis" } as const;

/** Features of Phase 4, as the guide's rollout configuration names them. */
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
  /**
   * Switches of the features: FEATURE_SENTIMENT_ANALYSIS and so on. Default: false. A feature that is off here is off
   * for everybody.
   */
  switches: Readonly<Record<Feature, boolean>>;
  /** File with the rollout configuration: FEATURE_ROLLOUT_FILE. Default: none, and all features are off. */
  rolloutFile: string | undefined;
  /** Score below which a message is escalated: ESCALATION_SENTIMENT_THRESHOLD. Default: 0.3. */
  escalationThreshold: number;
}

/** Returns the environment variable that switches a feature. */
export const switchOf = (feature: Feature) => `FEATURE_${feature.toUpperCase()}`;

/** Reads the settings. Throws SettingsError that names the invalid variable. */
export function readOmniOpsSettings(environment: Environment): OmniOpsSettings {
  const switches = features.map((feature) => [feature, booleanSetting(environment, switchOf(feature), false)] as const);
  const ratio = { minimum: 0, maximum: 1 };
  return {
    switches: Object.fromEntries(switches) as Record<Feature, boolean>,
    rolloutFile: environment.FEATURE_ROLLOUT_FILE || undefined,
    escalationThreshold: numberSetting(environment, "ESCALATION_SENTIMENT_THRESHOLD", 0.3, ratio),
  };
}
