/**
 * Fault injection, for tests of what surrounds the application: smoke tests, rollouts, alerts.
 *
 * Faults come from the Redis key `stand-in:<system>:faults` and from the environment variable STAND_IN_FAULTS, which
 * works without Redis. Both are a JSON array. The key is read at most every 200 ms; tests set and delete it.
 *
 *     [{"path": "/health", "status": 500, "body": "broken", "remaining": 3}]
 */
import type { Redis } from "./redis";
import { errorMessage, type Log } from "./log";
import type { Settings } from "./settings";
import { SettingsError } from "./settings";
import { sleep, within } from "./time";

export interface Fault {
  /**
   * Path of the request, or a prefix that ends with `*`. A worker's jobs have the path `job:<queue>`, a model's
   * inferences `model:<model>`, and the loading of its file `model-load:<model>`.
   */
  path: string;
  /** Method of the requests. Default: all methods. */
  method?: string;
  /** Role of the application. Default: all roles. */
  role?: string;
  /** Status of the answer that replaces the real one. Default: none, only `delayMs` and `hang` apply. */
  status?: number;
  /** Body of that answer, as text. Default: a JSON object with an error. */
  body?: string;
  /** Delay before the answer, in milliseconds. Default: 0. */
  delayMs?: number;
  /** Leaves the request without an answer. Default: false. */
  hang?: boolean;
  /** Number of requests that are still to be hit, counted over all pods for a fault in Redis. Default: unlimited. */
  remaining?: number;
}

/** Source of the faults. */
export interface Faults {
  /** Returns the fault that applies to this request, and counts it. Undefined if there is none. */
  take(method: string, path: string): Promise<Fault | undefined>;
}

const cacheMilliseconds = 200;
/**
 * Time limit of a read, in milliseconds. It allows for a busy machine: without an answer a test would find no fault.
 */
const readMilliseconds = 1_000;

/** Returns the Redis key of a system's faults. */
export const faultsKey = (system: string) => `stand-in:${system}:faults`;

/** Creates the source of faults. Throws SettingsError if STAND_IN_FAULTS is invalid. */
export function createFaults(settings: Settings, redis: Redis, log: Log): Faults {
  const own = parseOwn(settings.faults);
  const shared = settings.redisUrl ? new SharedFaults(faultsKey(settings.system), redis, log) : undefined;
  return {
    async take(method, path) {
      const hits = (fault: Fault) => {
        const where = (fault.method ?? method) === method && (fault.role ?? settings.role) === settings.role;
        return where && matches(fault.path, path) && (fault.remaining ?? 1) > 0;
      };
      const fault = own.find(hits);
      if (!fault) return shared?.take(hits);
      if (fault.remaining !== undefined) fault.remaining -= 1;
      return fault;
    },
  };
}

/** Applies the fault of a path to work that is not a request: delays it, never returns, or throws. */
export async function meetFault(faults: Faults, method: string, path: string): Promise<void> {
  const fault = await faults.take(method, path);
  if (fault?.delayMs) await sleep(fault.delayMs);
  if (fault?.hang) await new Promise<never>(() => undefined);
  if (fault?.status) throw new Error(fault.body ?? "The stand-in application was told to fail.");
}

/** Parses a list of faults. Throws an error that says what is wrong with it. */
export function parseFaults(text: string): Fault[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error("faults must be a JSON array");
  for (const fault of parsed as Partial<Fault>[]) {
    if (typeof fault?.path !== "string") throw new Error('each fault needs a "path"');
    const { status } = fault;
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new Error(`the status of ${fault.path} must be a whole number from 200 to 599`);
    }
  }
  return parsed as Fault[];
}

function parseOwn(text: string | undefined): Fault[] {
  if (!text) return [];
  try {
    return parseFaults(text);
  } catch (error) {
    throw new SettingsError(`STAND_IN_FAULTS cannot be read: ${errorMessage(error)}.`);
  }
}

const matches = (pattern: string, path: string) =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** Compare-and-set script, so that two pods never count the same hit. Keeps the expiry of the key. */
const replaceIfSame =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') return 1 end return 0";

/** Faults in Redis. None while Redis is unavailable, so that fault injection itself causes no faults. */
class SharedFaults {
  private text = "";
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;
  private complaint = "";

  constructor(
    private readonly key: string,
    private readonly redis: Redis,
    private readonly log: Log,
  ) {}

  async take(hits: (fault: Fault) => boolean): Promise<Fault | undefined> {
    await this.read();
    for (let tries = 0; tries < 50; tries += 1) {
      const faults = this.parse();
      const fault = faults.find(hits);
      if (!fault || fault.remaining === undefined) return fault;
      const before = this.text;
      const after = JSON.stringify(faults.map((each) => (each === fault ? countDown(each) : each)));
      if (await this.replace(before, after)) return fault;
      this.readAt = -Infinity;
      await this.read();
    }
    return undefined;
  }

  private async replace(before: string, after: string): Promise<boolean> {
    try {
      const evaluation = this.redis.client().eval(replaceIfSame, 1, this.key, before, after);
      if ((await within(readMilliseconds, "EVAL", evaluation)) !== 1) return false;
      if (this.text === before) this.text = after;
      return true;
    } catch {
      return false;
    }
  }

  /** Reads the key again once the cached text is older than 200 ms. Concurrent requests share one read. */
  private async read(): Promise<void> {
    if (Date.now() - this.readAt < cacheMilliseconds) return;
    this.reading ??= this.ask().finally(() => (this.reading = undefined));
    await this.reading;
  }

  private async ask(): Promise<void> {
    try {
      this.text = (await within(readMilliseconds, "GET", this.redis.client().get(this.key))) ?? "";
    } catch {
      this.text = "";
    }
    this.readAt = Date.now();
  }

  private parse(): Fault[] {
    try {
      return this.text ? parseFaults(this.text) : [];
    } catch (error) {
      if (this.complaint !== this.text) this.log("faults cannot be read", { error: errorMessage(error) });
      this.complaint = this.text;
      return [];
    }
  }
}

const countDown = (fault: Fault): Fault => ({ ...fault, remaining: (fault.remaining ?? 1) - 1 });
