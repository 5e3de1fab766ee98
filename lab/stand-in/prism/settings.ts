/** PRISM's own variables: the runbook's "Configuration Variables" with its defaults, and who is let in. */
import { numberSetting, type Environment } from "../core/settings";

/** Names of the queues; the runbook's `bull:model-training:wait` has one in it. */
export const queues = { modelTraining: "model-training", monthlyInsights: "monthly-insights" } as const;

export interface PrismSettings {
  /** FEEDBACK_BATCH_SIZE, default 100: feedback items of one training batch. */
  feedbackBatchSize: number;
  /** RETRAINING_THRESHOLD, default 50: unused feedback items that start a training. */
  retrainingThreshold: number;
  /** INSIGHTS_BATCH_SIZE, default 50: users of one insights job. */
  insightsBatchSize: number;
  /** MODEL_CONFIDENCE_THRESHOLD, default 0.7: from which confidence something is classified without a person. */
  confidenceThreshold: number;
  /** STAND_IN_SCHEDULE_SECONDS, default 60: how often a worker looks by itself whether there is something to do. */
  scheduleSeconds: number;
  /** ADMIN_TOKEN and SUPABASE_ANON_KEY; undefined when empty or not set. */
  adminToken: string | undefined;
  anonKey: string | undefined;
}

/** Throws SettingsError naming the variable that cannot be used. */
export function readPrismSettings(environment: Environment): PrismSettings {
  const count = { minimum: 1, maximum: 10_000, whole: true };
  return {
    feedbackBatchSize: numberSetting(environment, "FEEDBACK_BATCH_SIZE", 100, count),
    retrainingThreshold: numberSetting(environment, "RETRAINING_THRESHOLD", 50, count),
    insightsBatchSize: numberSetting(environment, "INSIGHTS_BATCH_SIZE", 50, count),
    confidenceThreshold: numberSetting(environment, "MODEL_CONFIDENCE_THRESHOLD", 0.7, { minimum: 0, maximum: 1 }),
    scheduleSeconds: numberSetting(environment, "STAND_IN_SCHEDULE_SECONDS", 60, { minimum: 1, maximum: 86_400 }),
    adminToken: environment.ADMIN_TOKEN || undefined,
    anonKey: environment.SUPABASE_ANON_KEY || undefined,
  };
}
