/** Everything that the stand-in application is told, read from the environment once. */

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** Which system it stands in for: STAND_IN_SYSTEM, for example `prism`. */
  system: string;
  /** Which of the system's workloads it is: STAND_IN_ROLE, for example `api`. */
  role: string;
  /** RELEASE; `unknown` when it is not set. Reported, never interpreted. */
  release: string;
  /** PORT; default 3000. */
  port: number;
  /** DATABASE_URL and REDIS_URL; undefined when empty or not set. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** STAND_IN_REQUIRES, comma separated: environment variables without which it is not ready. */
  requires: readonly string[];
  /** DRAIN_SECONDS; default 5. How long it goes on serving after SIGTERM, until no balancer sends to it any more. */
  drainSeconds: number;
  /** STAND_IN_FAULTS: faults that do not come from Redis, as JSON (see faults.ts). */
  faults: string | undefined;
  environment: Environment;
}

/** An environment variable that cannot be used. The message names it, its value where that is no secret, and the way out. */
export class SettingsError extends Error {}

/** Reads the settings. Throws SettingsError naming the variable that is missing or wrong. */
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

/** The required variables (STAND_IN_REQUIRES) that are not set or empty. */
export function missingEnvironment(settings: Settings): string[] {
  return settings.requires.filter((name) => !settings.environment[name]);
}

/** Reads a number from the environment. Throws SettingsError when it is not one within the limits. */
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

/** Reads true or false from the environment. Throws SettingsError when it is neither. */
export function booleanSetting(environment: Environment, name: string, fallback: boolean): boolean {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw new SettingsError(`${name} is "${text}": set it to true or false.`);
}

/** A connection URL. The error does not show it, for there may be a password in it. */
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
