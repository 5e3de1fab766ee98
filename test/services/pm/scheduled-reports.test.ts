/** Script process-scheduled-reports of the stand-in, on a real PostgreSQL and a real Redis. */
import { runScript } from "../../../lab/stand-in/core/script";
import { readSettings } from "../../../lab/stand-in/core/settings";
import { scheduledReports } from "../../../lab/stand-in/pm/scheduled-reports";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { environment, flag } from "./backend";
import { changes, pmSystem, runScripts, smokeTestUser } from "./pm";

jest.setTimeout(60_000);

let redis: ThrowAwayRedis;
let empty: SystemDatabase;
let pm: SystemDatabase;

startRedis((started) => (redis = started));
startSystem(pmSystem, async (created) => {
  empty = created;
  pm = await empty.clone("deployed");
  await runScripts(pm, "deploy", changes);
});
afterEach(async () => {
  await redis.client.flushall();
  await pm.query("TRUNCATE report_schedules, report_runs, signals, opportunities, opportunity_signals");
});

function process(database = pm): Promise<Record<string, unknown>> {
  const settings = readSettings({ ...environment(database, redis.url), STAND_IN_ROLE: scheduledReports.summary });
  return runScript(
    settings,
    scheduledReports,
    [],
    () => undefined,
    () => undefined,
  );
}

interface Wanted {
  due: string;
  type?: string;
  frequency?: string;
  zone?: string;
  enabled?: boolean;
  /** Number of schedules. Default: 1. */
  number?: number;
}

async function schedule({
  due,
  type = "signals",
  frequency = "daily",
  zone = "UTC",
  enabled = true,
  number = 1,
}: Wanted) {
  const [row] = await pm.query<{ id: string }>(
    `INSERT INTO report_schedules (user_id, name, report_type, frequency, time_zone, enabled, next_run_at)
     SELECT $1, 'Report ' || gen_random_uuid(), $2, $3, $4, $5, ${due} FROM generate_series(1, $6) RETURNING id`,
    [smokeTestUser, type, frequency, zone, enabled, number],
  );
  return row!.id;
}

const runs = () =>
  pm.query("SELECT status, attempts::int, row_count::int AS rows, error FROM report_runs ORDER BY started_at, id");
const completed = (rows: number) => ({ status: "completed", attempts: 1, rows, error: null });

test("what is due is made, of the period before, and is due again later", async () => {
  await pm.query(
    `INSERT INTO signals (source, content, created_at)
     SELECT 'test', 'x', now() - hours * interval '1 hour' FROM generate_series(1, 50) AS hours`,
  );
  await pm.query("INSERT INTO opportunities (title) VALUES ('of now')");
  await pm.query("INSERT INTO opportunities (title, created_at) VALUES ('of before', now() - interval '2 minutes')");
  await schedule({ due: "now() - interval '2 hours 30 minutes'" });
  await schedule({ due: "now() - interval '1 minute'", type: "opportunities", frequency: "hourly" });
  await schedule({ due: "now()", type: "costs", frequency: "weekly" });
  await schedule({ due: "now()", type: "observability", frequency: "monthly" });
  await schedule({ due: "now() + interval '1 minute'" });
  await schedule({ due: "now() - interval '1 minute'", enabled: false });

  expect(await process()).toEqual({ due: 4, done: 4, skipped: 0, failed: 0 });
  expect(await runs()).toEqual([completed(24), completed(1), completed(0), completed(0)]);
  expect(await process()).toEqual({ due: 0, done: 0, skipped: 0, failed: 0 });
  expect(
    await pm.query(
      `SELECT frequency, next_run_at - scheduled_for = CASE frequency WHEN 'hourly' THEN interval '1 hour'
           WHEN 'daily' THEN interval '1 day' WHEN 'weekly' THEN interval '7 days' ELSE next_run_at - scheduled_for END
           AND next_run_at > now() AND last_run_at IS NOT NULL AS moved
       FROM report_schedules JOIN report_runs ON schedule_id = report_schedules.id ORDER BY 1`,
    ),
  ).toEqual(["daily", "hourly", "monthly", "weekly"].map((frequency) => ({ frequency, moved: true })));
});

test("missed periods are told once; the hour is that of the user's clock", async () => {
  const id = await schedule({
    due: "(date_trunc('day', now() AT TIME ZONE 'Europe/Berlin') - interval '200 days' + interval '8 hours') AT TIME ZONE 'Europe/Berlin'",
    zone: "Europe/Berlin",
  });
  expect(await process()).toMatchObject({ done: 1 });
  expect(await runs()).toHaveLength(1);
  expect(
    await pm.query(
      `SELECT to_char(next_run_at AT TIME ZONE 'Europe/Berlin', 'HH24:MI') AS hour,
         next_run_at > now() AND next_run_at <= now() + interval '25 hours' AS next
       FROM report_schedules WHERE id = $1`,
      [id],
    ),
  ).toEqual([{ hour: "08:00", next: true }]);
});

test("two processors at once make each report once", async () => {
  await schedule({ due: "now() - interval '1 minute'", number: 20 });
  const results = await Promise.all([process(), process(), process()]);
  const sum = (key: string) => results.reduce((total, result) => total + (result[key] as number), 0);
  expect([sum("done"), sum("failed")]).toEqual([20, 0]);
  for (const { due, done, skipped } of results) expect(skipped).toBe((due as number) - (done as number));
  expect(await runs()).toEqual(Array(20).fill(completed(0)));
});

test("a report that was made already is not made again, and one that failed is", async () => {
  const id = await schedule({ due: "date_trunc('hour', now())" });
  const other = await schedule({ due: "date_trunc('hour', now())" });
  await pm.query(
    `INSERT INTO report_runs (schedule_id, scheduled_for, status, finished_at, row_count, error)
     VALUES ($1, date_trunc('hour', now()), 'completed', now(), 7, NULL),
       ($2, date_trunc('hour', now()), 'failed', now(), NULL, 'out of order')`,
    [id, other],
  );
  expect(await process()).toEqual({ due: 2, done: 1, skipped: 1, failed: 0 });
  expect(await runs()).toEqual(
    expect.arrayContaining([completed(7), { status: "completed", attempts: 2, rows: 0, error: null }]),
  );
  expect(await process()).toMatchObject({ due: 0 });
});

test("one that fails is on record, holds up no other, and is tried again", async () => {
  const broken = await schedule({ due: "now() - interval '2 minutes'", zone: "Mars/Olympus" });
  await schedule({ due: "now() - interval '1 minute'" });
  expect(await process()).toEqual({ due: 2, done: 1, skipped: 0, failed: 1 });
  const error = 'The database refuses this (time zone "Mars/Olympus" not recognized).';
  expect(await runs()).toEqual([{ status: "failed", attempts: 1, rows: null, error }, completed(0)]);
  expect(await process()).toEqual({ due: 1, done: 0, skipped: 0, failed: 1 });
  await pm.query("UPDATE report_schedules SET time_zone = 'UTC' WHERE id = $1", [broken]);
  expect(await process()).toEqual({ due: 1, done: 1, skipped: 0, failed: 0 });
  expect(await runs()).toEqual(
    expect.arrayContaining([{ status: "completed", attempts: 3, rows: 0, error: null }, completed(0)]),
  );
});

test("in maintenance mode, and before V3_013, nothing is done", async () => {
  await schedule({ due: "now() - interval '1 minute'" });
  await redis.client.set(flag, "true");
  const nothing = { due: 0, done: 0, skipped: 0, failed: 0 };
  expect(await process()).toEqual({ ...nothing, reason: "the maintenance mode is on" });
  expect(await runs()).toEqual([]);
  await redis.client.del(flag);
  expect(await process(empty)).toEqual({
    ...nothing,
    reason: "the schema is at a target before V3_013_user_features",
  });
});

test("the maintenance mode that is turned on meanwhile leaves the rest for later", async () => {
  await schedule({ due: "now() - interval '1 minute'", number: 1000 });
  const processing = process();
  while ((await runs()).length === 0);
  await redis.client.set(flag, "true");
  const result = await processing;
  const done = result.done as number;
  expect(result).toEqual({
    due: 1000,
    done,
    skipped: 1000 - done,
    failed: 0,
    reason: "the maintenance mode was turned on",
  });
  expect(await runs()).toHaveLength(done);
});
