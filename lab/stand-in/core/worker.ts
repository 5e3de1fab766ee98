/** Processes the jobs of a queue, one after the other, until it is stopped. */
import { hostname } from "node:os";
import { randomUUID } from "node:crypto";
import { meetFault, type Faults } from "./faults";
import type { Health } from "./health";
import { HttpError } from "./http";
import { errorMessage, type Log } from "./log";
import type { Metrics } from "./metrics";
import { Consumer, type Job, type TakenJob } from "./queue";
import type { Redis } from "./redis";
import { redisErrorMessage } from "./redis-connection";
import { settlesWithin, sleep } from "./time";

export interface WorkerDefinition {
  queue: string;
  /**
   * Processes a job. May be called twice for one job. The result is logged. HttpError 400 fails the job permanently.
   */
  handle(job: Job): Promise<Record<string, unknown>>;
  /**
   * Records a job that failed permanently, before it moves to the failed list. If this throws, the job returns to the
   * queue instead, so that its failure does not go unrecorded.
   */
  failed?(job: Job, reason: string): Promise<void>;
  /**
   * Job that is added periodically while none waits, so that a queue that was lost with Redis starts again. Default:
   * none.
   */
  recurring?: { everySeconds: number; data(): Record<string, unknown> };
}

export interface Worker {
  /** Takes no further job and lets the current one end. After `seconds` the current job is put back. */
  stop(seconds: number): Promise<void>;
}

const maximumAttempts = 3;
const signOfLifeMilliseconds = 5_000;

/**
 * Starts processing. Takes no job while `health` reports an obstacle: a job must not fail because the database is
 * unavailable.
 */
export function startWorker(
  definition: WorkerDefinition,
  redis: Redis,
  health: Health,
  faults: Faults,
  metrics: Metrics,
  log: Log,
): Worker {
  const { queue: name } = definition;
  const labels = { queue: name };
  const processed = metrics.counter("queue_jobs_processed_total", "Jobs done.", [labels]);
  const failed = metrics.counter("queue_jobs_failed_total", "Tries of jobs that failed.", [labels]);
  const queue = new Consumer(name, redis, `${hostname()}-${randomUUID().slice(0, 8)}`);
  let stopping = false;
  let obstaclesLogged = "";
  let nextRecurring = 0;
  let nextSignOfLife = 0;

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await once();
      } catch (error) {
        // Redis is unavailable, or was while a job was taken or finished. That job may still be in the active list.
        log("queue cannot be used", { queue: name, error: redisErrorMessage(error) });
        await sleep(1_000);
        if (!stopping) await queue.giveBack().catch(() => undefined);
      }
    }
  }

  async function once(): Promise<void> {
    const obstacles = (await health.obstacles()).join("; ");
    if (obstacles !== obstaclesLogged) log(obstacles ? "waiting" : "working", { queue: name, obstacles });
    obstaclesLogged = obstacles;
    if (obstacles) return sleep(500);
    await showLife();
    await addRecurring();
    const job = await queue.take();
    if (!job) return;
    // Stopped while waiting: leave() gives the job back.
    if (!stopping) await work(job);
  }

  async function work(job: TakenJob): Promise<void> {
    const start = Date.now();
    let result: Record<string, unknown>;
    try {
      await meetFault(faults, "JOB", `job:${name}`);
      result = await definition.handle(job);
    } catch (error) {
      return afterFailure(job, error);
    }
    await queue.finish(job);
    processed.increment(labels);
    log("job done", { queue: name, job: job.id, seconds: (Date.now() - start) / 1000, ...result });
  }

  async function afterFailure(job: TakenJob, error: unknown): Promise<void> {
    const reason = errorMessage(error);
    const status = error instanceof HttpError ? error.status : 500;
    // A dependency is unavailable, for which the job is not to blame. It is retried without a limit.
    if (status === 503) return putBack(job, reason);
    log("job failed", { queue: name, job: job.id, attempt: job.attempts + 1, error: reason });
    failed.increment(labels);
    if (status === 400 || job.attempts + 1 >= maximumAttempts) return giveUp(job, reason);
    await queue.retry(job);
    await pause(job.attempts + 1);
  }

  async function giveUp(job: TakenJob, reason: string): Promise<void> {
    try {
      await definition.failed?.(job, reason);
    } catch (error) {
      return putBack(job, errorMessage(error));
    }
    await queue.fail(job, reason);
  }

  async function putBack(job: TakenJob, reason: string): Promise<void> {
    log("job put back", { queue: name, job: job.id, error: reason });
    await queue.giveBack();
    await pause(5);
  }

  async function pause(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds && !stopping; passed += 0.1) await sleep(100);
  }

  async function showLife(): Promise<void> {
    if (Date.now() < nextSignOfLife) return;
    nextSignOfLife = Date.now() + signOfLifeMilliseconds;
    const returned = await queue.signOfLife();
    if (returned > 0) log("jobs of a dead worker put back", { queue: name, jobs: returned });
  }

  async function addRecurring(): Promise<void> {
    const { recurring } = definition;
    if (!recurring || Date.now() < nextRecurring) return;
    nextRecurring = Date.now() + recurring.everySeconds * 1_000;
    if ((await queue.depth()) === 0) await queue.add(recurring.data());
  }

  const alive = setInterval(() => void showLife().catch(() => undefined), signOfLifeMilliseconds);
  const ended = run();
  return {
    async stop(seconds) {
      stopping = true;
      await settlesWithin(seconds * 1_000, ended);
      clearInterval(alive);
      const returned = await queue.leave().catch((error: unknown) => {
        log("job could not be put back; another worker will do it", { queue: name, error: redisErrorMessage(error) });
        return 0;
      });
      if (returned > 0) log("unfinished job put back", { queue: name, jobs: returned });
    },
  };
}
