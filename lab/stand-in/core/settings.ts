/** Settings of the stand-in application, read from the environment once. */

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** System that is replaced: STAND_IN_SYSTEM, for example `prism`. */
  system: string;
  /** Workload of the system: STAND_IN_ROLE, for example `api`. */
  role: string;
  /** Release: RELEASE. Default: `unknown`. It is reported, never interpreted. */
  release: string;
  /** Port: PORT. Default: 3000. */
  port: number;
  /** Connection URLs: DATABASE_URL and REDIS_URL. Undefined if empty or not set. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Environment variables without which the application is not ready: STAND_IN_REQUIRES, separated by commas. */
  requires: readonly string[];
  /**
   * Time to continue serving after SIGTERM, in seconds, until load balancers send no more requests: DRAIN_SECONDS.
   * Default: 5.
   */
  drainSeconds: number;
  /** Faults that do not come from Redis, as JSON (faults.ts): STAND_IN_FAULTS. Default: none. */
  faults: string | undefined;
  environment: Environment;
}

/**
 * Error for an invalid environment variable. The message names it, its value unless that is secret, and the solution.
 */
export class SettingsError extends Error {}

/** Reads the settings. Throws SettingsError that names the missing or invalid variable. */
export function readSettings(environment: Environment): Settings {
  return {
    system: required(environment, "STAND_IN_SYSTEM", "prism"),
    role: required(environment, "STAND_IN_ROLE", "api"),
    release: environment.RELEASE || "unknown",
    port: numberSetting(environment, "PORT", 3000, { minimum: 0, maximum: 65535, whole: true }),
    databaseUrl: connectionUrl(environment, "DATABASE_URL", ["postgresql:", "postgres:"]),
    redisUrl: connectionUrl(environment, "REDIS_URL", ["redis:", "rediss:"]),
    requires: (environment.STAND_IN_REQUIRES ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    drainSeconds: numberSetting(environment, "DRAIN_SECONDS", 5, { minimum: 0, maximum: 600 }),
    faults: environment.STAND_IN_FAULTS || undefined,
    environment,
  };
}

/** Returns the required variables (STAND_IN_REQUIRES) that are empty or not set. */
export function missingEnvironment(settings: Settings): string[] {
  return settings.requires.filter((name) => !settings.environment[name]);
}

/** Reads a number from the environment. Throws SettingsError if it is not a number within the limits. */
export function numberSetting(
  environment: Environment,
  name: string,
  fallback: number,
  limits: { minimum: number; maximum: number; whole?: boolean },
): number {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  const fits = value >= limits.minimum && value <= limits.maximum && (!limits.whole || Number.isInteger(value));
  if (fits) return value;
  const kind = limits.whole ? "a whole number" : "a number";
  throw new SettingsError(`${name} is "${text}": set it to ${kind} from ${limits.minimum} to ${limits.maximum}.`);
}

/** Reads true or false from the environment. Throws SettingsError for any other value. */
export function booleanSetting(environment: Environment, name: string, fallback: boolean): boolean {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw new SettingsError(`${name} is "${text}": set it to true or false.`);
}

/** Reads a connection URL. The error does not show it, because it may contain a password. */
function connectionUrl(environment: Environment, name: string, protocols: readonly string[]): string | undefined {
  const value = environment[name];
  if (!value) return undefined;
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
  const form = `${protocols[0]}//user:password@host:port/name`;
  throw new SettingsError(`${name} is no URL like ${form}: percent-encode what is special in the password.`);
}

function required(environment: Environment, name: string, example: string): string {
  const value = environment[name];
  if (value) return value;
  throw new SettingsError(`${name} is not set: set it, for example to "${example}".`);
}
