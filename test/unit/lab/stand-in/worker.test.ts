/* eslint-disable @typescript-eslint/require-await -- jobs are handled with promises */
import { setTimeout as sleep } from "node:timers/promises";
import { createFaults } from "../../../../lab/stand-in/core/faults";
import { createHealth, type Check } from "../../../../lab/stand-in/core/health";
import { HttpError, Unavailable } from "../../../../lab/stand-in/core/http";
import { Metrics } from "../../../../lab/stand-in/core/metrics";
import { Queue, type Job } from "../../../../lab/stand-in/core/queue";
import { openRedis } from "../../../../lab/stand-in/core/redis";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import { startWorker, type Worker, type WorkerDefinition } from "../../../../lab/stand-in/core/worker";
import { MemoryRedis } from "./memory-redis";

const settings = readSettings({ STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "x" });
let redis: MemoryRedis;
let metrics: Metrics;
let worker: Worker;
let queue: Queue;

beforeEach(() => {
  redis = new MemoryRedis();
  metrics = new Metrics();
  queue = new Queue("letters", redis);
});

type Handle = (job: Job) => Promise<Record<string, unknown>>;

function start(handle: Handle, check: Check = async () => undefined, failed?: WorkerDefinition["failed"]): void {
  const log = () => undefined;
  const health = createHealth(settings, { database: check }, () => false);
  const faults = createFaults(settings, openRedis(undefined, log), log);
  const recurring = { everySeconds: 1_000, data: () => ({ recurring: true }) };
  worker = startWorker({ queue: "letters", handle, failed, recurring }, redis, health, faults, metrics, log);
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > 4_000) throw new Error("waited for 4 s in vain");
    await sleep(10);
  }
}

test("jobs are done in the order they came, and leave nothing behind", async () => {
  const done: unknown[] = [];
  for (const number of [1, 2, 3]) await queue.add({ number });
  start(async (job) => ({ count: done.push(job.data.number) }));
  await until(() => done.length === 3);
  await worker.stop(1);
  expect(done).toEqual([1, 2, 3]);
  expect(redis.keys()).toEqual([]);
  expect(await metrics.scrape()).toContain('queue_jobs_processed_total{queue="letters"} 3\n');
});

test("while none waits, a job is added from time to time", async () => {
  const done: unknown[] = [];
  start(async (job) => ({ count: done.push(job.data) }));
  await until(() => done.length === 1);
  await worker.stop(1);
  expect(done).toEqual([{ recurring: true }]);
});

test("a job that fails is tried three times, then kept with its reason", async () => {
  let tries = 0;
  await queue.add({});
  start(async () => {
    tries += 1;
    throw new Error("no paper");
  });
  await until(() => redis.list(queue.failed).length === 1);
  await worker.stop(1);
  expect(tries).toBe(3);
  expect(JSON.parse(redis.list(queue.failed)[0]!)).toMatchObject({ attempts: 3, reason: "no paper" });
  expect(await metrics.scrape()).toContain('queue_jobs_failed_total{queue="letters"} 3\n');
}, 10_000);

test("the recorder of jobs hears of a final failure before it counts as one", async () => {
  const heard: unknown[] = [];
  const id = await queue.add({ number: 1 });
  const failed = async (job: Job, reason: string) => {
    heard.push([job.id, reason, redis.list(queue.failed).length]);
  };
  start(() => Promise.reject(new HttpError(400, "no such letter")), undefined, failed);
  await until(() => redis.list(queue.failed).length === 1);
  await worker.stop(1);
  expect(heard).toEqual([[id, "no such letter", 0]]);
});

test("a job whose failure cannot be put on record goes back", async () => {
  const id = await queue.add({});
  let tries = 0;
  const failed = () => {
    tries += 1;
    return Promise.reject(new Unavailable("The database cannot be used now."));
  };
  start(() => Promise.reject(new HttpError(400, "no such letter")), undefined, failed);
  await until(() => tries === 1);
  await worker.stop(1);
  expect(redis.list(queue.waiting).map((job) => (JSON.parse(job) as Job).id)).toEqual([id]);
  expect(redis.list(queue.failed)).toEqual([]);
});

test("a job that can never succeed is tried once", async () => {
  await queue.add({});
  start(async () => {
    throw new HttpError(400, "month must be a month as YYYY-MM.", "month");
  });
  await until(() => redis.list(queue.failed).length === 1);
  await worker.stop(1);
  expect(JSON.parse(redis.list(queue.failed)[0]!)).toMatchObject({ attempts: 1 });
});

test("a job whose table is not there waits and counts as not tried", async () => {
  const id = await queue.add({});
  let tries = 0;
  start(async () => {
    tries += 1;
    throw new Unavailable("The database lacks what this needs.");
  });
  await until(() => tries === 1);
  await worker.stop(1);
  expect(redis.list(queue.waiting).map((job) => JSON.parse(job) as Job)).toMatchObject([{ id, attempts: 0 }]);
});

test("no job is taken while the database is away", async () => {
  await queue.add({});
  let tries = 0;
  start(
    async () => ({ tries: (tries += 1) }),
    async () => {
      throw new Error("connect ECONNREFUSED");
    },
  );
  await sleep(200);
  await worker.stop(1);
  expect([tries, redis.list(queue.waiting).length]).toEqual([0, 1]);
});

test("stopping waits for the job, and puts it back in front when that takes too long", async () => {
  await queue.add({ number: 1 });
  await queue.add({ number: 2 });
  let started = false;
  start(() => {
    started = true;
    return new Promise(() => undefined);
  });
  await until(() => started);
  await worker.stop(0.1);
  const waiting = redis.list(queue.waiting).map((job) => (JSON.parse(job) as Job).data.number);
  expect(waiting).toEqual([2, 1]);
  expect(redis.keys()).toEqual([queue.waiting]);
});

test("what a dead worker had taken is done by the next", async () => {
  await queue.add({ number: 1 });
  await redis.lmove(queue.waiting, "bull:letters:active:dead", "RIGHT", "LEFT");
  await redis.sadd("bull:letters:workers", "dead");
  const done: unknown[] = [];
  start(async (job) => ({ count: done.push(job.data.number) }));
  await until(() => done.includes(1));
  await worker.stop(1);
  expect(redis.keys()).toEqual([]);
});
