/** Settings of PRISM: the runbook's "Configuration Variables" with its defaults, and the keys for access. */
import { numberSetting, type Environment } from "../core/settings";

/** Names of the queues. The runbook refers to one of them as `bull:model-training:wait`. */
export const queues = { modelTraining: "model-training", monthlyInsights: "monthly-insights" } as const;

export interface PrismSettings {
  /** Number of feedback items in a training batch: FEEDBACK_BATCH_SIZE. Default: 100. */
  feedbackBatchSize: number;
  /** Number of unused feedback items that triggers a training: RETRAINING_THRESHOLD. Default: 50. */
  retrainingThreshold: number;
  /** Number of users in an insights job: INSIGHTS_BATCH_SIZE. Default: 50. */
  insightsBatchSize: number;
  /** Minimum confidence for a classification without a person: MODEL_CONFIDENCE_THRESHOLD. Default: 0.7. */
  confidenceThreshold: number;
  /** Interval of a worker's recurring job, in seconds: STAND_IN_SCHEDULE_SECONDS. Default: 60. */
  scheduleSeconds: number;
  /** Keys for access: ADMIN_TOKEN and SUPABASE_ANON_KEY. Undefined if empty or not set. */
  adminToken: string | undefined;
  anonKey: string | undefined;
}

/** Reads the settings. Throws SettingsError that names the invalid variable. */
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
