/** PM Intelligence's own variables: "Deployment Runbook: Update Environment Variables" with its defaults. */
import { booleanSetting, numberSetting, SettingsError, type Environment } from "../core/settings";

export interface PmSettings {
  /** ADMIN_KEY and TEST_API_KEY: keys that are known without the database; undefined when empty or not set. */
  adminKey: string | undefined;
  testApiKey: string | undefined;
  /** API_KEY_CACHE_TTL_MS, default 300 000: how long a key of the database is believed. 0 asks for each request. */
  keyCacheMilliseconds: number;
  /** API_KEY_CACHE_MAX_SIZE, default 1000: how many keys of the database are kept. */
  keyCacheSize: number;
  /** NEO4J_BACKLOG_MAX_SIZE, default 10 000: how much may wait for Neo4j. */
  backlogSize: number;
  /** NEO4J_BACKLOG_CLEANUP_DAYS, default 7: how long what was written to Neo4j is kept. */
  backlogDays: number;
  /** NEO4J_BACKLOG_MAX_RETRIES, default 5: what failed so often becomes a dead letter. */
  backlogRetries: number;
  /** PERF_METRICS_ENABLED, default false: whether the time of each request is recorded. */
  performanceMetrics: boolean;
  /** ERROR_AGGREGATION_ENABLED, default false: whether errors are recorded. */
  errorAggregation: boolean;
}

/** Throws SettingsError naming the variable that cannot be used. */
export function readPmSettings(environment: Environment): PmSettings {
  const whole = (name: string, fallback: number, minimum: number, maximum: number) =>
    numberSetting(environment, name, fallback, { minimum, maximum, whole: true });
  return {
    adminKey: environment.ADMIN_KEY || undefined,
    testApiKey: environment.TEST_API_KEY || undefined,
    keyCacheMilliseconds: whole("API_KEY_CACHE_TTL_MS", 300_000, 0, 86_400_000),
    keyCacheSize: whole("API_KEY_CACHE_MAX_SIZE", 1_000, 1, 1_000_000),
    backlogSize: whole("NEO4J_BACKLOG_MAX_SIZE", 10_000, 1, 1_000_000),
    backlogDays: whole("NEO4J_BACKLOG_CLEANUP_DAYS", 7, 0, 3_650),
    backlogRetries: whole("NEO4J_BACKLOG_MAX_RETRIES", 5, 1, 1_000),
    performanceMetrics: booleanSetting(environment, "PERF_METRICS_ENABLED", false),
    errorAggregation: booleanSetting(environment, "ERROR_AGGREGATION_ENABLED", false),
  };
}

/** MAINTENANCE_FLAG: the Redis key of "Enable Maintenance Mode"; default the runbook's own. */
export const maintenanceFlag = (environment: Environment) => environment.MAINTENANCE_FLAG || "maintenance_mode";

/** API_URL: where the frontend finds the backend. Throws SettingsError when it is not set, or no address. */
export function backendUrl({ API_URL: url }: Environment): string {
  if (url && URL.canParse(url) && /^https?:/.test(url)) return new URL(url).origin;
  throw new SettingsError(`API_URL is "${url ?? ""}": set it to the backend's address, as http://pm-backend:3000.`);
}
