/** Settings of the AI backend: "AI Backend Deployment Guide: Feature Flags" and "Performance Tuning". */
import type { DatabaseLimits } from "../core/database";
import { booleanSetting, numberSetting, type Environment } from "../core/settings";
import { modelNames, switchOf, type ModelName } from "./models/model";

export interface AiBackendSettings {
  /** Switches of the models: FRAUD_DETECTION_ENABLED and so on. Default: true. */
  enabled: Readonly<Record<ModelName, boolean>>;
  /** Directory of the models, which may be mounted read-only: MODEL_DIRECTORY. Default: /models. */
  modelDirectory: string;
  /** Maximum number of models in memory: MODEL_CACHE_SIZE. Default: 5. */
  modelCacheSize: number;
  /** Time limit of an inference, in seconds: MODEL_TIMEOUT_SECONDS. Default: 30. */
  modelTimeoutSeconds: number;
  /** Maximum number of database connections of each process: DATABASE_MAX_CONNECTIONS. Default: 5. */
  databaseConnections: number;
  /** Time limit for a connection and for a statement, in seconds: DATABASE_TIMEOUT_SECONDS. Default: 10. */
  databaseTimeoutSeconds: number;
}

/** Reads the settings. Throws SettingsError that names the invalid variable. */
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
