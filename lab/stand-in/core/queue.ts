/**
 * Queue of jobs in Redis that loses no job when a worker is killed.
 *
 * BullMQ is not used, only the key names that the runbook looks at (`redis-cli LLEN bull:<queue>:wait`):
 *
 *     bull:<queue>:wait             waiting jobs, the next one at the right end
 *     bull:<queue>:active:<worker>  unfinished jobs that this worker has taken
 *     bull:<queue>:failed           jobs that failed permanently, the latest first, at most 1000
 *     bull:<queue>:workers          workers that may have an active list
 *     bull:<queue>:alive:<worker>   heartbeat of the worker, expires after 15 s
 *
 * A job moves from one list to another atomically (BLMOVE, MULTI), so that it is always in one of them. Jobs of a dead
 * worker return to the waiting list. A job can therefore run twice, and its handler must be idempotent.
 */
import { randomUUID } from "node:crypto";
import type { Redis, RedisClient } from "./redis";
import { sleep } from "./time";

export interface Job {
  id: string;
  data: Record<string, unknown>;
  /** Number of failed attempts. */
  attempts: number;
  enqueuedAt: string;
}

/** Job in a worker's active list. */
export interface TakenJob extends Job {
  raw: string;
}

const aliveMilliseconds = 15_000;
const failedLimit = 1_000;

/**
 * Script that collects the ids of the present jobs. KEYS: the waiting list and the set of workers. ARGV: prefix of the
 * names of the active lists. It reads the lists, because a separate record could outlive them and keep a lost job out.
 */
const findPresent = `
local present = {}
local function read(list)
  for _, job in ipairs(redis.call('LRANGE', list, 0, -1)) do
    local id = string.match(job, '"id":"([^"]+)"')
    if id then present[id] = true end
  end
end
read(KEYS[1])
for _, worker in ipairs(redis.call('SMEMBERS', KEYS[2])) do read(ARGV[1] .. worker) end
`;

const listPresent = `${findPresent}
local ids = {}
for id in pairs(present) do table.insert(ids, id) end
return ids`;

/** Script that adds the missing jobs. Further ARGV: an id and a job, alternating. */
const addThoseMissing = `${findPresent}
local added = 0
for index = 2, #ARGV, 2 do
  if not present[ARGV[index]] then
    redis.call('LPUSH', KEYS[1], ARGV[index + 1])
    added = added + 1
  end
end
return added`;

/** Producer's side of a queue: adds jobs and counts them. */
export class Queue {
  readonly waiting: string;
  readonly failed: string;
  protected readonly workers: string;

  constructor(
    readonly name: string,
    protected readonly redis: Redis,
  ) {
    this.waiting = `bull:${name}:wait`;
    this.failed = `bull:${name}:failed`;
    this.workers = `bull:${name}:workers`;
  }

  /** Adds a job at the end of the waiting list and returns its id. Default id: random. */
  async add(data: Record<string, unknown>, id: string = randomUUID()): Promise<string> {
    await this.redis.ask("LPUSH", (client) => client.lpush(this.waiting, newJob(id, data)));
    return id;
  }

  /**
   * Adds the jobs whose ids are neither waiting nor active, atomically. Returns the number of added jobs. Reads the
   * whole queue, so pass many jobs at once.
   */
  addMissing(jobs: ReadonlyMap<string, Record<string, unknown>>): Promise<number> {
    return this.evaluate(
      addThoseMissing,
      [...jobs].flatMap(([id, data]) => [id, newJob(id, data)]),
    );
  }

  /** Returns the ids of the jobs that are waiting or active. */
  async present(): Promise<Set<string>> {
    return new Set(await this.evaluate<string[]>(listPresent, []));
  }

  /** Returns the time at which the next job was enqueued. Undefined if none waits. */
  async waitingSince(): Promise<Date | undefined> {
    const raw = await this.redis.ask("LINDEX", (client) => client.lindex(this.waiting, -1));
    return raw === null ? undefined : new Date(parseJob(raw).enqueuedAt);
  }

  /** Returns the number of waiting jobs. */
  depth(): Promise<number> {
    return this.redis.ask("LLEN", (client) => client.llen(this.waiting));
  }

  private evaluate<T>(script: string, values: readonly string[]): Promise<T> {
    const run = (client: RedisClient) =>
      client.eval(script, 2, this.waiting, this.workers, this.activeOf(""), ...values) as Promise<T>;
    return this.redis.ask("EVAL", run);
  }

  protected activeOf(worker: string): string {
    return `bull:${this.name}:active:${worker}`;
  }
}

/** Worker's side of a queue. It takes one job at a time. */
export class Consumer extends Queue {
  private readonly active: string;
  /** Connection for commands that block. Opened by the first call of `take`. */
  private blocking: RedisClient | undefined;

  constructor(
    name: string,
    redis: Redis,
    private readonly worker: string,
  ) {
    super(name, redis);
    this.active = this.activeOf(worker);
  }

  /** Takes the next job. Undefined if none arrives within a second. */
  async take(): Promise<TakenJob | undefined> {
    this.blocking ??= this.redis.another();
    if (this.blocking.status !== "ready") return void (await sleep(100));
    const raw = await this.blocking.blmove(this.waiting, this.active, "RIGHT", "LEFT", 1);
    if (raw === null) return undefined;
    return { ...parseJob(raw), raw };
  }

  async finish(job: TakenJob): Promise<void> {
    await this.redis.client().lrem(this.active, 1, job.raw);
  }

  /** Moves the job to the end of the waiting list, with one more failed attempt. */
  async retry(job: TakenJob): Promise<void> {
    await this.move(job, this.waiting, { attempts: job.attempts + 1 });
  }

  /** Moves the job to the failed list, with the reason. */
  async fail(job: TakenJob, reason: string): Promise<void> {
    await this.move(job, this.failed, { attempts: job.attempts + 1, reason });
    await this.redis.client().ltrim(this.failed, 0, failedLimit - 1);
  }

  /** Moves this worker's active jobs to the front of the waiting list, unchanged. Returns their number. */
  giveBack(): Promise<number> {
    return this.giveBackFrom(this.active);
  }

  /**
   * Sends this worker's heartbeat, and moves the jobs of dead workers back to the waiting list. Returns their number.
   */
  async signOfLife(): Promise<number> {
    const client = this.redis.client();
    await client.sadd(this.workers, this.worker);
    await client.set(this.aliveOf(this.worker), "1", "PX", aliveMilliseconds);
    let returned = 0;
    for (const worker of await client.smembers(this.workers)) {
      if (await client.exists(this.aliveOf(worker))) continue;
      returned += await this.giveBackFrom(this.activeOf(worker));
      await client.srem(this.workers, worker);
    }
    return returned;
  }

  /** Unregisters this worker and gives back its unfinished jobs. Returns their number. */
  async leave(): Promise<number> {
    const returned = await this.giveBack();
    await this.redis.client().del(this.aliveOf(this.worker));
    await this.redis.client().srem(this.workers, this.worker);
    return returned;
  }

  private async giveBackFrom(active: string): Promise<number> {
    let returned = 0;
    while ((await this.redis.client().lmove(active, this.waiting, "LEFT", "RIGHT")) !== null) returned += 1;
    return returned;
  }

  private async move({ raw, ...job }: TakenJob, list: string, changes: Record<string, unknown>): Promise<void> {
    const changed = JSON.stringify({ ...job, ...changes });
    const done = await this.redis.client().multi().lrem(this.active, 1, raw).lpush(list, changed).exec();
    const [error] = done?.find(([each]) => each !== null) ?? [];
    if (error) throw error;
  }

  private aliveOf(worker: string): string {
    return `bull:${this.name}:alive:${worker}`;
  }
}

function newJob(id: string, data: Record<string, unknown>): string {
  const job: Job = { id, data, attempts: 0, enqueuedAt: new Date().toISOString() };
  return JSON.stringify(job);
}

/**
 * Parses a job. Another JSON object, pushed by hand, becomes the data of a new job. Any other text becomes a job
 * without data.
 */
function parseJob(raw: string): Job {
  const job: Job = { id: randomUUID(), data: {}, attempts: 0, enqueuedAt: new Date().toISOString() };
  try {
    const parsed: unknown = JSON.parse(raw);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return job;
    return { ...job, ...("data" in parsed ? parsed : { data: parsed as Record<string, unknown> }) } as Job;
  } catch {
    return job;
  }
}
