/** The AI backend's own variables: "AI Backend Deployment Guide: Feature Flags" and "Performance Tuning". */
import type { DatabaseLimits } from "../core/database";
import { booleanSetting, numberSetting, type Environment } from "../core/settings";
import { modelNames, switchOf, type ModelName } from "./models/model";

export interface AiBackendSettings {
  /** FRAUD_DETECTION_ENABLED and so on, default true. */
  enabled: Readonly<Record<ModelName, boolean>>;
  /** MODEL_DIRECTORY, default /models: where the models are; it may be mounted read-only. */
  modelDirectory: string;
  /** MODEL_CACHE_SIZE, default 5: how many models are kept in memory. */
  modelCacheSize: number;
  /** MODEL_TIMEOUT_SECONDS, default 30: an inference that takes longer is given up. */
  modelTimeoutSeconds: number;
  /** DATABASE_MAX_CONNECTIONS, default 5: connections of each process. */
  databaseConnections: number;
  /** DATABASE_TIMEOUT_SECONDS, default 10: for a connection, and for a statement. */
  databaseTimeoutSeconds: number;
}

/** Throws SettingsError naming the variable that cannot be used. */
export function readAiBackendSettings(environment: Environment): AiBackendSettings {
  const enabled = modelNames.map((model) => [model, booleanSetting(environment, switchOf(model), true)] as const);
  const count = { minimum: 1, maximum: 100, whole: true };
  const seconds = { minimum: 0.1, maximum: 600 };
  return {
    enabled: Object.fromEntries(enabled) as Record<ModelName, boolean>,
    modelDirectory: environment.MODEL_DIRECTORY || "/models",
    modelCacheSize: numberSetting(environment, "MODEL_CACHE_SIZE", 5, count),
    modelTimeoutSeconds: numberSetting(environment, "MODEL_TIMEOUT_SECONDS", 30, seconds),
    databaseConnections: numberSetting(environment, "DATABASE_MAX_CONNECTIONS", 5, count),
    databaseTimeoutSeconds: numberSetting(environment, "DATABASE_TIMEOUT_SECONDS", 10, seconds),
  };
}

export function databaseLimits(environment: Environment): DatabaseLimits {
  const { databaseConnections: connections, databaseTimeoutSeconds } = readAiBackendSettings(environment);
  const milliseconds = databaseTimeoutSeconds * 1000;
  return { connections, connectMilliseconds: milliseconds, statementMilliseconds: milliseconds };
}
