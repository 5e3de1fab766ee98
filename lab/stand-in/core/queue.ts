/**
 * A queue of jobs in Redis that loses none when a worker is killed.
 *
 * This is not BullMQ. It only uses the key names that the runbook looks at (`redis-cli LLEN bull:<queue>:wait`):
 *
 *     bull:<queue>:wait             jobs that wait, the next one at the right end
 *     bull:<queue>:active:<worker>  what this worker has taken and not finished
 *     bull:<queue>:failed           jobs that failed for good, the latest first, at most 1000
 *     bull:<queue>:workers          the workers that may have an active list
 *     bull:<queue>:alive:<worker>   expires 15 s after the worker's last sign of life
 *
 * A job moves from one list to another in one step (BLMOVE, MULTI), so that it is in one of them at any time. What a dead
 * worker had taken goes back to waiting; so a job can run twice, and whoever handles jobs must bear that.
 */
import { randomUUID } from "node:crypto";
import type { Redis, RedisClient } from "./redis";
import { sleep } from "./time";

export interface Job {
  id: string;
  data: Record<string, unknown>;
  /** How often it was tried and failed. */
  attempts: number;
  enqueuedAt: string;
}

/** A job as it lies in a worker's active list. */
export interface TakenJob extends Job {
  raw: string;
}

const aliveMilliseconds = 15_000;
const failedLimit = 1_000;

/**
 * KEYS: the waiting list and the set of workers; ARGV: what the active lists' names begin with. The lists themselves are
 * asked, no record beside them, which could outlive them and keep a lost job out.
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

/** Further in ARGV: an id and a job in turns. */
const addThoseMissing = `${findPresent}
local added = 0
for index = 2, #ARGV, 2 do
  if not present[ARGV[index]] then
    redis.call('LPUSH', KEYS[1], ARGV[index + 1])
    added = added + 1
  end
end
return added`;

/** Adds jobs and counts them. */
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

  /** Adds a job behind those that wait. Returns its id; default a random one. */
  async add(data: Record<string, unknown>, id: string = randomUUID()): Promise<string> {
    await this.redis.ask("LPUSH", (client) => client.lpush(this.waiting, newJob(id, data)));
    return id;
  }

  /**
   * Adds those of the jobs, by id, that neither wait nor are being worked on, in one step. Returns how many that were.
   * Reads the whole queue, so hand many over at once.
   */
  addMissing(jobs: ReadonlyMap<string, Record<string, unknown>>): Promise<number> {
    return this.evaluate(
      addThoseMissing,
      [...jobs].flatMap(([id, data]) => [id, newJob(id, data)]),
    );
  }

  /** The ids of the jobs that wait or are being worked on. */
  async present(): Promise<Set<string>> {
    return new Set(await this.evaluate<string[]>(listPresent, []));
  }

  /** Since when the next job has waited; undefined when none does. */
  async waitingSince(): Promise<Date | undefined> {
    const raw = await this.redis.ask("LINDEX", (client) => client.lindex(this.waiting, -1));
    return raw === null ? undefined : new Date(parseJob(raw).enqueuedAt);
  }

  /** How many jobs wait. */
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

/** A worker's side of a queue. One job at a time. */
export class Consumer extends Queue {
  private readonly active: string;
  /** Connects when the first job is asked for. */
  private blocking: RedisClient | undefined;

  constructor(
    name: string,
    redis: Redis,
    private readonly worker: string,
  ) {
    super(name, redis);
    this.active = this.activeOf(worker);
  }

  /** The next job, or undefined when none came within a second. */
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

  /** Puts it behind those that wait, as failed once more. */
  async retry(job: TakenJob): Promise<void> {
    await this.move(job, this.waiting, { attempts: job.attempts + 1 });
  }

  /** Puts it among the failed, with the reason. */
  async fail(job: TakenJob, reason: string): Promise<void> {
    await this.move(job, this.failed, { attempts: job.attempts + 1, reason });
    await this.redis.client().ltrim(this.failed, 0, failedLimit - 1);
  }

  /** Puts what this worker has taken back in front, as if it had not been taken. Returns how many jobs that were. */
  giveBack(): Promise<number> {
    return this.giveBackFrom(this.active);
  }

  /** Tells the others that this worker lives, and gives back what dead ones had taken. Returns how many jobs that were. */
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

  /** Leaves no trace of this worker but the jobs that it did not finish, which go back. */
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

/** A job as it was written here; or anything else that somebody pushed by hand, as the data of a job. */
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
