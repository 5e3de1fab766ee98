/** Script requeue-failed-jobs of the stand-in, on a real PostgreSQL and a real Redis. */
import { resolve } from "node:path";
import { run } from "../../../lab/command";
import type { ThrowAwayPostgres } from "../postgres";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem, smokeTest } from "./omniops";

jest.setTimeout(60_000);

const root = resolve(__dirname, "../../..");
const waiting = "bull:sentiment-analysis:wait";
let postgres: ThrowAwayPostgres;
let redis: ThrowAwayRedis;
let omniops: SystemDatabase;

startRedis((started) => (redis = started));
startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  omniops = created;
  await omniops.sqitch("deploy");
});
afterEach(async () => {
  await redis.client.flushall();
  await omniops.query("DELETE FROM public.messages");
});

/** Runs the script, and returns the last line of its output, parsed. */
async function requeue(): Promise<unknown> {
  const { user, database } = omniops.app;
  const output = await run(
    process.execPath,
    ["--require", "./register.cjs", "lab/stand-in/main.omniops.ts", "requeue-failed-jobs"],
    {
      cwd: root,
      env: {
        STAND_IN_SYSTEM: "omniops",
        DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(postgres.directory)}`,
        REDIS_URL: redis.url,
      },
    },
  );
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

/** Adds messages with one analysis each. Returns the messages' ids. */
async function analyses(rows: number, status: string, attempts = 0, age = "2 minutes"): Promise<string[]> {
  const completed = status === "completed" ? "0.5, 'neutral', 'test', now()" : "NULL, NULL, NULL, NULL";
  const found = await omniops.query<{ id: string }>(
    `WITH message AS (
       INSERT INTO public.messages (conversation_id, role, content)
       SELECT $1, 'customer', 'Hello' FROM generate_series(1, $2) RETURNING id, conversation_id
     )
     INSERT INTO public.sentiment_analysis
       (conversation_id, message_id, status, attempts, error, created_at, score, label, model, completed_at)
     SELECT conversation_id, id, $3, $4, CASE WHEN $3 = 'failed' THEN 'out of order' END, now() - $5::interval, ${completed}
     FROM message RETURNING message_id AS id`,
    [smokeTest.conversation, rows, status, attempts, age],
  );
  return found.map(({ id }) => id).sort();
}

const inQueue = async (list = waiting) =>
  (await redis.client.lrange(list, 0, -1)).map((job) => JSON.parse(job) as { id: string; data: { messageId: string } });

test("jobs lost by Redis are queued once, failed ones at most three times", async () => {
  const due = [...(await analyses(3, "pending")), ...(await analyses(2, "failed", 2))].sort();
  await analyses(1, "failed", 3);
  await analyses(1, "pending", 0, "10 seconds");
  await analyses(4, "completed");

  expect(await requeue()).toEqual({ requeued: 5, alreadyQueued: 0 });
  const jobs = await inQueue();
  expect(jobs.map(({ id }) => id).sort()).toEqual(due);
  expect(jobs.every(({ id, data }) => data.messageId === id)).toBe(true);

  expect(await requeue()).toEqual({ requeued: 0, alreadyQueued: 5 });
  expect(await inQueue()).toHaveLength(5);
});

test("what waits or is being worked on stays where it is", async () => {
  const [lost, waits, worked] = await analyses(3, "pending");
  const job = (id: string) =>
    JSON.stringify({ id, data: { messageId: id }, attempts: 1, enqueuedAt: "2025-11-03T09:00:00Z" });
  await redis.client.lpush(waiting, job(waits!));
  await redis.client.sadd("bull:sentiment-analysis:workers", "pod-1");
  await redis.client.lpush("bull:sentiment-analysis:active:pod-1", job(worked!));

  expect(await requeue()).toEqual({ requeued: 1, alreadyQueued: 2 });
  expect((await inQueue()).map(({ id }) => id)).toEqual([lost, waits]);
  expect((await inQueue("bull:sentiment-analysis:active:pod-1")).map(({ id }) => id)).toEqual([worked]);
});

test("more than one batch of them", async () => {
  await analyses(2_345, "pending");
  expect(await requeue()).toEqual({ requeued: 2_345, alreadyQueued: 0 });
  expect(new Set((await inQueue()).map(({ id }) => id)).size).toBe(2_345);
});
