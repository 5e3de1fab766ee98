/** Settings of PM Intelligence: "Deployment Runbook: Update Environment Variables" with its defaults. */
import { booleanSetting, numberSetting, SettingsError, type Environment } from "../core/settings";

export interface PmSettings {
  /** Keys that are valid without the database: ADMIN_KEY and TEST_API_KEY. Undefined if empty or not set. */
  adminKey: string | undefined;
  testApiKey: string | undefined;
  /**
   * Time for which a key of the database is cached, in milliseconds: API_KEY_CACHE_TTL_MS. 0 disables the cache.
   * Default: 300 000.
   */
  keyCacheMilliseconds: number;
  /** Maximum number of cached keys of the database: API_KEY_CACHE_MAX_SIZE. Default: 1000. */
  keyCacheSize: number;
  /** Maximum number of writes that wait for Neo4j: NEO4J_BACKLOG_MAX_SIZE. Default: 10 000. */
  backlogSize: number;
  /** Time for which completed writes to Neo4j are kept, in days: NEO4J_BACKLOG_CLEANUP_DAYS. Default: 7. */
  backlogDays: number;
  /** Number of failures after which a write becomes a dead letter: NEO4J_BACKLOG_MAX_RETRIES. Default: 5. */
  backlogRetries: number;
  /** Records the duration of each request: PERF_METRICS_ENABLED. Default: false. */
  performanceMetrics: boolean;
  /** Records errors: ERROR_AGGREGATION_ENABLED. Default: false. */
  errorAggregation: boolean;
}

/** Reads the settings. Throws SettingsError that names the invalid variable. */
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

/** Redis key of "Enable Maintenance Mode": MAINTENANCE_FLAG. Default: the runbook's own, maintenance_mode. */
export const maintenanceFlag = (environment: Environment) => environment.MAINTENANCE_FLAG || "maintenance_mode";

/** Returns the origin of the backend, from API_URL. Throws SettingsError if the variable is not set, or is no URL. */
export function backendUrl({ API_URL: url }: Environment): string {
  if (url && URL.canParse(url) && /^https?:/.test(url)) return new URL(url).origin;
  throw new SettingsError(`API_URL is "${url ?? ""}": set it to the backend's address, as http://pm-backend:3000.`);
}
