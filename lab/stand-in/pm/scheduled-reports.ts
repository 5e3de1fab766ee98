/**
 * Script of "Set Up Scheduled Reports": makes the reports that are due. The report, its run and its next time are
 * written in one transaction.
 *
 * Concurrent processors take different schedules. A killed processor leaves nothing behind, and the next one resumes.
 * Several missed periods result in one report. A failed report is recorded with its error and does not delay the
 * others. It is tried again by each processor until somebody repairs or disables it. The stand-in's report is a count,
 * because the table has no column for more. It is sent to nobody.
 */
import type { Query } from "../core/database";
import { errorMessage } from "../core/log";
import type { Script, ScriptContext } from "../core/script";
import { isInMaintenance } from "./maintenance";
import { maintenanceFlag } from "./settings";
import { isThere } from "./tables";

interface Schedule {
  id: string;
  reportType: "signals" | "opportunities" | "costs" | "observability";
  /** Scheduled time with microseconds, which a Date does not have. */
  scheduledFor: string;
  /** Length of a period, as an interval of PostgreSQL. */
  period: string;
  timeZone: string;
}

const countDue = `SELECT count(*)::int AS due, now()::text AS now FROM report_schedules WHERE enabled AND next_run_at <= now()`;

const selectDue = `SELECT id, report_type AS "reportType", next_run_at::text AS "scheduledFor", time_zone AS "timeZone",
    CASE frequency WHEN 'hourly' THEN '1 hour' WHEN 'daily' THEN '1 day' WHEN 'weekly' THEN '7 days' ELSE '1 month' END
      AS period
  FROM report_schedules WHERE enabled AND next_run_at <= $1::timestamptz AND id <> ALL ($2::uuid[])
  ORDER BY next_run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** Statement that begins a run. It returns no row if the report was already made. */
const begin = `INSERT INTO report_runs AS known (schedule_id, scheduled_for) VALUES ($1, $2)
  ON CONFLICT (schedule_id, scheduled_for) DO UPDATE SET status = 'running', attempts = known.attempts + 1,
    started_at = now(), finished_at = NULL, row_count = NULL, error = NULL
  WHERE known.status <> 'completed' RETURNING id`;

const complete = `UPDATE report_runs SET status = 'completed', finished_at = clock_timestamp(), row_count = $2 WHERE id = $1`;

const fail = `INSERT INTO report_runs AS known (schedule_id, scheduled_for, status, finished_at, error)
  VALUES ($1, $2, 'failed', now(), $3)
  ON CONFLICT (schedule_id, scheduled_for) DO UPDATE SET status = 'failed', attempts = known.attempts + 1,
    started_at = now(), finished_at = now(), error = excluded.error
  WHERE known.status <> 'completed'`;

/** Statement that schedules the next run: the first time after now, at the same local time of day. */
const moveOn = `UPDATE report_schedules SET last_run_at = now(), updated_at = now(), next_run_at = (
    SELECT min(local AT TIME ZONE $3) FROM generate_series(
      $2::timestamptz AT TIME ZONE $3 + $4::interval, now() AT TIME ZONE $3 + 2 * $4::interval, $4::interval
    ) AS local
    WHERE local AT TIME ZONE $3 > now()
  )
  WHERE id = $1`;

const tables = { signals: "signals", opportunities: "opportunities", costs: "ai_usage_costs" };

export const scheduledReports: Script = {
  summary: "Makes the reports that are due.",
  flags: {},
  needs: ["database", "redis"],
  async run(context) {
    const { database, redis, environment } = context;
    const nothing = { due: 0, done: 0, skipped: 0, failed: 0 };
    if (await isInMaintenance(redis, maintenanceFlag(environment)))
      return { ...nothing, reason: "the maintenance mode is on" };
    if (!(await isThere(database.query, "report_runs")))
      return { ...nothing, reason: "the schema is at a target before V3_013_user_features" };

    const [found] = await database.query<{ due: number; now: string }>(countDue);
    const { due, now } = found!;
    const { done, failed, interrupted } = await makeAll(context, now);
    // Reports that another processor made, that were made before, or that are left for later.
    const skipped = Math.max(0, due - done - failed);
    const result = { due, done, skipped, failed };
    return interrupted ? { ...result, reason: "the maintenance mode was turned on" } : result;
  },
};

async function makeAll(context: ScriptContext, now: string) {
  const flag = maintenanceFlag(context.environment);
  const failed: string[] = [];
  let done = 0;
  for (;;) {
    // A backup begins as soon as the flag is set.
    const interrupted = await isInMaintenance(context.redis, flag);
    const made = interrupted ? undefined : await makeNext(context, now, failed);
    if (made === undefined) return { done, failed: failed.length, interrupted };
    if (made) done += 1;
    context.progress(`${done} made, ${failed.length} failed`);
  }
}

/**
 * Makes the next report. Returns true if it was made, false if not, and undefined if none is due. Adds the schedule of
 * a failed report to `failed`.
 */
async function makeNext({ database }: ScriptContext, now: string, failed: string[]): Promise<boolean | undefined> {
  let schedule: Schedule | undefined;
  try {
    return await database.transaction(async (query) => {
      [schedule] = await query<Schedule>(selectDue, [now, failed]);
      return schedule && (await make(query, schedule));
    });
  } catch (error) {
    if (!schedule) throw error;
    failed.push(schedule.id);
    await database.query(fail, [schedule.id, schedule.scheduledFor, errorMessage(error)]);
    return false;
  }
}

async function make(query: Query, schedule: Schedule): Promise<boolean> {
  const { id, scheduledFor, timeZone, period } = schedule;
  const [run] = await query<{ id: string }>(begin, [id, scheduledFor]);
  if (run) await query(complete, [run.id, await countRows(query, schedule)]);
  await query(moveOn, [id, scheduledFor, timeZone, period]);
  return run !== undefined;
}

/** Counts the rows that were added in the period before the report. */
async function countRows(query: Query, { reportType, scheduledFor, timeZone, period }: Schedule): Promise<number> {
  const [table, column] =
    reportType === "observability" ? ["performance_metrics", "recorded_at"] : [tables[reportType], "created_at"];
  const [row] = await query<{ rows: number }>(
    `SELECT count(*)::int AS rows FROM ${table}
     WHERE ${column} >= ($1::timestamptz AT TIME ZONE $2 - $3::interval) AT TIME ZONE $2 AND ${column} < $1::timestamptz`,
    [scheduledFor, timeZone, period],
  );
  return row!.rows;
}
