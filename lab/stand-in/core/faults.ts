/**
 * Faults on request, for tests of what is built around the application: smoke tests, rollouts, alerts.
 *
 * They come from the Redis key `stand-in:<system>:faults` (a JSON array of faults, read at most every 200 ms; tests set
 * and delete it) and from the environment variable STAND_IN_FAULTS (the same JSON), which works without Redis.
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
   * The whole path of the request, or its beginning and a `*`. A worker's jobs have the path `job:<queue>`, a model's
   * inferences `model:<model>`, and the loading of its file `model-load:<model>`.
   */
  path: string;
  /** Only requests with this method; default all. */
  method?: string;
  /** Only in this role; default all. */
  role?: string;
  /** Answers with this status instead of the real answer. Without it only `delayMs` and `hang` act. */
  status?: number;
  /** The body of that answer, as it is; default a JSON object that names the fault. */
  body?: string;
  /** Waits so long first. Milliseconds. */
  delayMs?: number;
  /** Never answers. */
  hang?: boolean;
  /** How many requests it hits, counted over all pods where it comes from Redis; default all until it is taken away. */
  remaining?: number;
}

/** Looks up what is to go wrong with one request. */
export interface Faults {
  /** The fault that this request meets, if any; counts it. */
  take(method: string, path: string): Promise<Fault | undefined>;
}

const cacheMilliseconds = 200;
/** A machine that is busy answers late; without the answer a test would find no fault at all. */
const readMilliseconds = 1_000;

/** The Redis key that holds a system's faults. */
export const faultsKey = (system: string) => `stand-in:${system}:faults`;

/** Throws SettingsError when STAND_IN_FAULTS cannot be read. */
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

/** Has work that is no request meet the fault of its path: it is slow, never ends, or throws. */
export async function meetFault(faults: Faults, method: string, path: string): Promise<void> {
  const fault = await faults.take(method, path);
  if (fault?.delayMs) await sleep(fault.delayMs);
  if (fault?.hang) await new Promise<never>(() => undefined);
  if (fault?.status) throw new Error(fault.body ?? "The stand-in application was told to fail.");
}

/** Reads a list of faults. Throws an error that says what is wrong with it. */
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

/** Writes the new text only over the one that was read, so that two pods never count the same hit. Keeps an expiry. */
const replaceIfSame =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') return 1 end return 0";

/** The faults in Redis. Redis being away means none: a fault must not come from the fault tests' own plumbing. */
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

  /** Reads the key again when what is known is old. Requests that come meanwhile wait for the same answer. */
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
