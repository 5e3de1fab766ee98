/**
 * Scripts that run once: `node main.cjs <script> [--flag=value]`, with the environment of the system's workloads. The
 * last line that a script prints is its result, as one JSON object.
 */
import { parseArgs } from "node:util";
import type { ActingRoles } from "./acting-as";
import { openDatabase, type Database } from "./database";
import { errorMessage, type Log } from "./log";
import { Queue } from "./queue";
import { openRedis, type Redis } from "./redis";
import { SettingsError, type Environment, type Settings } from "./settings";
import { sleep } from "./time";

/**
 * Flag of a script: a whole number (`--days=7`), a required text (`--to=/models`), or otherwise a switch (`--dry-run`).
 */
export interface Flag {
  /** Description for --help. */
  readonly help: string;
  readonly number?: { readonly fallback: number; readonly minimum: number; readonly maximum: number };
  /** Placeholder for the text in --help: `DIRECTORY`. */
  readonly text?: string;
}

/** Values of the given flags. Defaults for the others. */
export interface Flags {
  readonly numbers: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly switches: Readonly<Record<string, boolean>>;
}

export interface ScriptContext {
  readonly database: Database;
  readonly redis: Redis;
  readonly queue: (name: string) => Queue;
  readonly environment: Environment;
  /** Prints the progress. Calls within 3 seconds of the last line are ignored. */
  readonly progress: (line: string) => void;
}

export interface Script {
  /** Description for --help, in one sentence. */
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Dependencies that must be reachable before the script starts. */
  readonly needs: readonly ("database" | "redis")[];
  run(context: ScriptContext, flags: Flags): Promise<Record<string, unknown>>;
}

const progressMilliseconds = 3_000;
const reachableMilliseconds = 30_000;
/**
 * Time limit of a statement, in milliseconds. It is long because a script may read a whole table, and no client waits.
 */
const statementLimit = 600_000;

/**
 * Runs a script to its end and returns its result, with the roles of its system. Throws SettingsError for invalid flags or variables.
 */
export async function runScript(
  settings: Settings,
  script: Script,
  args: readonly string[],
  log: Log,
  print: (line: string) => void,
  roles?: ActingRoles,
): Promise<Record<string, unknown>> {
  const flags = readFlags(script, args);
  const urls = { database: ["DATABASE_URL", settings.databaseUrl], redis: ["REDIS_URL", settings.redisUrl] } as const;
  const unset = script.needs.map((need) => urls[need]).find(([, url]) => !url);
  if (unset) throw new SettingsError(`${unset[0]} is not set: the script needs it.`);

  const database = openDatabase(settings.databaseUrl, log, { statementMilliseconds: statementLimit }, roles);
  const redis = openRedis(settings.redisUrl, log);
  try {
    for (const need of script.needs) await untilReachable(need, () => ({ database, redis })[need].check());
    const queue = (name: string) => new Queue(name, redis);
    const { environment } = settings;
    return await script.run({ database, redis, queue, environment, progress: throttled(print) }, flags);
  } finally {
    redis.close();
    await database.close();
  }
}

/** Returns the text for --help. */
export function usage(name: string, { summary, flags }: Script): string {
  const lines = Object.entries(flags).map(([flag, { help, number, text }]) => {
    if (text) return `  --${flag}=${text}  ${help} (must be given)`;
    if (!number) return `  --${flag}  ${help}`;
    return `  --${flag}=N  ${help} (from ${number.minimum} to ${number.maximum}; default ${number.fallback})`;
  });
  return [`node main.cjs ${name} [flags]`, summary, ...lines, "  --help  Prints this."].join("\n");
}

/** Reads `--flag=value` and `--flag value`. Throws SettingsError that names the unknown or invalid flag. */
export function readFlags({ flags }: Script, args: readonly string[]): Flags {
  const values = parse(flags, args);
  const numbers: Record<string, number> = {};
  const texts: Record<string, string> = {};
  const switches: Record<string, boolean> = {};
  for (const [flag, { number, text }] of Object.entries(flags)) {
    const value = values[flag];
    if (text) texts[flag] = given(flag, value, text);
    else if (!number) switches[flag] = value === true;
    else numbers[flag] = typeof value === "string" ? wholeNumber(flag, value, number) : number.fallback;
  }
  return { numbers, texts, switches };
}

function parse(flags: Script["flags"], args: readonly string[]) {
  const options = Object.entries(flags).map(([flag, { number, text }]) => {
    return [flag, { type: number || text ? ("string" as const) : ("boolean" as const) }] as const;
  });
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(options), strict: true }).values;
  } catch (error) {
    throw new SettingsError(`${errorMessage(error).replace(/\.?$/, ".")} See --help.`);
  }
}

function given(flag: string, value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new SettingsError(`--${flag} is not given: give --${flag}=${what}. See --help.`);
}

function wholeNumber(flag: string, text: string, limits: NonNullable<Flag["number"]>): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= limits.minimum && value <= limits.maximum) return value;
  throw new SettingsError(
    `--${flag} is "${text}": give it a whole number from ${limits.minimum} to ${limits.maximum}. See --help.`,
  );
}

/** Waits until a dependency is reachable, at most 30 seconds: the network of a new pod may not be ready yet. */
async function untilReachable(what: string, check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + reachableMilliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`the ${what} cannot be reached: ${errorMessage(error)}`, { cause: error });
      await sleep(250);
    }
  }
}

function throttled(print: (line: string) => void): (line: string) => void {
  let next = Date.now() + progressMilliseconds;
  return (line) => {
    if (Date.now() < next) return;
    next = Date.now() + progressMilliseconds;
    print(line);
  };
}
