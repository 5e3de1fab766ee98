/** Concurrent writes: optimistic locking, upserts, and reports claimed by two processors. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addOpportunity, addSignal, changes, pmSystem, runScripts, smokeTestUser } from "./pm";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let pm: SystemDatabase;

startSystem(pmSystem, async (created) => {
  ({ postgres } = created);
  pm = created;
  await runScripts(pm, "deploy", changes);
});

const asApp = <Row>(text: string, values: readonly unknown[] = []) => postgres.query<Row>(pm.app, text, values);

async function addBudget(): Promise<string> {
  const [row] = await asApp<{ id: string }>(
    `INSERT INTO public.budget_allocations (scope, scope_id, period_start, period_end, amount)
     VALUES ('user', gen_random_uuid(), '2026-02-01', '2026-02-28', 100) RETURNING id`,
  );
  return row!.id;
}

describe("optimistic locking", () => {
  const spend = "UPDATE public.budget_allocations SET spent = spent + $2, version = $3 WHERE id = $1";

  test("of two that made 2 of the version 1, the second is refused with both versions", async () => {
    const id = await addBudget();
    await asApp(spend, [id, 10, 2]);
    await expect(asApp(spend, [id, 20, 2])).rejects.toMatchObject({
      code: "40001",
      message: `the row ${id} of budget_allocations has the version 2, but the update makes the version 2`,
      hint: "Read the row again, and change what it is now: an update sets the version after the one that it read.",
    });
    await asApp(spend, [id, 20, 3]);
    expect(await asApp("SELECT spent, version FROM public.budget_allocations WHERE id = $1", [id])).toEqual([
      { spent: "30.0000", version: "3" },
    ]);
  });

  test.each([1, 2, 4, null])("a row at 2 is not changed by an update that sets the version %s", async (named) => {
    const id = await addBudget();
    await asApp(spend, [id, 10, 2]);
    await expect(asApp(spend, [id, 20, named])).rejects.toMatchObject({ code: "40001" });
    expect(await asApp("SELECT spent, version FROM public.budget_allocations WHERE id = $1", [id])).toEqual([
      { spent: "10.0000", version: "2" },
    ]);
  });

  test("the usual statement, which counts by itself, goes through once", async () => {
    const id = await addBudget();
    const counted = `UPDATE public.budget_allocations SET spent = spent + 10, version = version + 1
      WHERE id = $1 AND version = 1 RETURNING version`;
    expect(await asApp(counted, [id])).toEqual([{ version: "2" }]);
    expect(await asApp(counted, [id])).toEqual([]);
  });

  test("also of two at once, of which one waits for the other's commit", async () => {
    const id = await addBudget();
    await postgres.connected(pm.app, async (client) => {
      await client.query("BEGIN");
      await client.query(spend, [id, 10, 2]);
      const second = asApp(spend, [id, 20, 2]).catch((error: unknown) => error);
      await untilSomebodyWaits(client);
      await client.query("COMMIT");
      expect(await second).toMatchObject({ code: "40001" });
    });
    expect(await asApp("SELECT spent FROM public.budget_allocations WHERE id = $1", [id])).toEqual([
      { spent: "10.0000" },
    ]);
  });

  test("an opportunity is protected too; an update without a version passes, counted", async () => {
    const id = await addOpportunity(pm);
    await asApp("UPDATE public.opportunities SET status = 'reviewing' WHERE id = $1", [id]);
    await expect(
      asApp("UPDATE public.opportunities SET status = 'done', version = 2 WHERE id = $1", [id]),
    ).rejects.toThrow(`the row ${id} of opportunities has the version 2, but the update makes the version 2`);
    await expect(asApp("UPDATE public.opportunities SET version = NULL WHERE id = $1", [id])).rejects.toThrow(
      `the row ${id} of opportunities has the version 2, but the update makes the version <NULL>`,
    );
    expect(await asApp("SELECT status, version FROM public.opportunities WHERE id = $1", [id])).toEqual([
      { status: "reviewing", version: "2" },
    ]);
  });

  /** Waits until a session waits for a lock. */
  async function untilSomebodyWaits(client: Client): Promise<void> {
    const waiting = "SELECT FROM pg_locks WHERE NOT granted";
    while ((await client.query(waiting)).rowCount === 0) await sleep(20);
  }
});

describe("ON CONFLICT", () => {
  test("a signal that comes again from its source is the same one", async () => {
    const upsert = `INSERT INTO public.signals (source, external_id, content) VALUES ('slack', 'm-1', $1)
      ON CONFLICT (source, external_id) WHERE external_id IS NOT NULL DO UPDATE SET content = excluded.content
      RETURNING id, content`;
    const [first] = await asApp<{ id: string }>(upsert, ["Exports are slow"]);
    expect(await asApp(upsert, ["Exports are very slow"])).toEqual([
      { id: first!.id, content: "Exports are very slow" },
    ]);
    await expect(addSignal(pm, "m-1")).rejects.toMatchObject({ constraint: "idx_signals_external_id" });
    await addSignal(pm, "m-1", "mail");
    expect(await addSignal(pm, null)).not.toBe(await addSignal(pm, null));
  });

  test("an opportunity is known by its JIRA issue", async () => {
    const upsert = `INSERT INTO public.opportunities (title, jira_issue_key, jira_status, jira_synced_at)
      VALUES ('Faster exports', 'PM-12', $1, now())
      ON CONFLICT (jira_issue_key) WHERE jira_issue_key IS NOT NULL
      DO UPDATE SET jira_status = excluded.jira_status, jira_synced_at = excluded.jira_synced_at
      RETURNING id, jira_status, version`;
    const [first] = await asApp<{ id: string }>(upsert, ["To Do"]);
    expect(await asApp(upsert, ["Done"])).toEqual([{ id: first!.id, jira_status: "Done", version: "2" }]);
  });

  test.each([
    ["jira_issue_key = 'pm 12'", "opportunities_jira_issue_key_check"],
    ["jira_issue_key = 'PM-13', jira_issue_url = 'javascript:alert(1)'", "opportunities_jira_issue_url_check"],
    ["jira_status = 'Done'", "opportunities_jira_check"],
  ])("an opportunity cannot have %s", async (assignment, constraint) => {
    const id = await addOpportunity(pm);
    await expect(asApp(`UPDATE public.opportunities SET ${assignment} WHERE id = $1`, [id])).rejects.toMatchObject({
      constraint,
    });
  });

  test("what is queued for Neo4j is queued once, until somebody has begun with it", async () => {
    const queue = `INSERT INTO public.neo4j_sync_backlog (operation, entity_type, entity_id, payload)
      VALUES ('update', 'signal', 's-1', $1)
      ON CONFLICT (operation, entity_type, entity_id) WHERE status = 'pending' DO UPDATE SET payload = excluded.payload
      RETURNING id::integer, payload`;
    const [first] = await asApp<{ id: number }>(queue, [{ content: "old" }]);
    expect(await asApp(queue, [{ content: "new" }])).toEqual([{ id: first!.id, payload: { content: "new" } }]);
    await asApp("UPDATE public.neo4j_sync_backlog SET status = 'processing', claimed_at = now()");
    const [second] = await asApp<{ id: number }>(queue, [{ content: "newer" }]);
    expect(second!.id).toBeGreaterThan(first!.id);
    // The write that was claimed first may fail: the unique index covers only pending writes.
    await asApp(
      "UPDATE public.neo4j_sync_backlog SET status = 'failed', retry_count = 1, last_error = 'no' WHERE id = $1",
      [first!.id],
    );
    expect(await asApp("SELECT id::integer, status FROM public.neo4j_sync_backlog ORDER BY id")).toEqual([
      { id: first!.id, status: "failed" },
      { id: second!.id, status: "pending" },
    ]);
  });

  test.each([
    [
      "a budget",
      `INSERT INTO public.budget_allocations (period_start, period_end, amount) VALUES ('2026-03-01', '2026-03-31', 50)
       ON CONFLICT (scope, scope_id, period_start) DO UPDATE SET amount = excluded.amount RETURNING id`,
    ],
    [
      "an error",
      `INSERT INTO public.error_aggregation (fingerprint, error_type, message) VALUES ('f1', 'TypeError', 'x is undefined')
       ON CONFLICT (fingerprint) DO UPDATE
       SET occurrence_count = error_aggregation.occurrence_count + 1, last_seen_at = excluded.last_seen_at RETURNING id`,
    ],
    [
      "a user's preferences",
      `INSERT INTO public.user_preferences (user_id, theme) VALUES ('${smokeTestUser}', 'dark')
       ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme RETURNING user_id`,
    ],
    [
      "a notification preference",
      `INSERT INTO public.notification_preferences (user_id, channel, event_type)
       VALUES ('${smokeTestUser}', 'email', 'signal.created')
       ON CONFLICT (user_id, channel, event_type) DO UPDATE SET enabled = excluded.enabled RETURNING id`,
    ],
  ])("%s that comes again is the same one", async (_, upsert) => {
    expect(await asApp(upsert)).toEqual(await asApp(upsert));
  });
});

describe("a scheduled report", () => {
  const claim = `INSERT INTO public.report_runs (schedule_id, scheduled_for)
    SELECT id, next_run_at FROM public.report_schedules WHERE enabled AND next_run_at <= now()
    ON CONFLICT (schedule_id, scheduled_for) DO NOTHING RETURNING schedule_id, attempts::integer`;

  beforeAll(() =>
    asApp(
      `INSERT INTO public.report_schedules (user_id, name, report_type, frequency, next_run_at)
       VALUES ($1, 'Costs', 'costs', 'daily', now() - interval '1 minute'),
         ($1, 'Signals', 'signals', 'weekly', now() + interval '1 day')`,
      [smokeTestUser],
    ),
  );

  test("that is due is taken by one of two processors at once, and by no later one", async () => {
    const taken = await Promise.all([asApp(claim), asApp(claim)]);
    expect(taken.map((rows) => rows.length).sort()).toEqual([0, 1]);
    expect(await asApp(claim)).toEqual([]);
  });

  test("runs again when it is due again", async () => {
    await asApp(
      `UPDATE public.report_schedules SET last_run_at = next_run_at, next_run_at = now() WHERE name = 'Costs'`,
    );
    expect(await asApp(claim)).toHaveLength(1);
  });

  test.each([
    ["status = 'completed', row_count = 3", "report_runs_finished_check"],
    ["status = 'completed', finished_at = now()", "report_runs_completed_check"],
    ["status = 'failed', finished_at = now()", "report_runs_failed_check"],
  ])("cannot have %s alone", async (assignment, constraint) => {
    await expect(asApp(`UPDATE public.report_runs SET ${assignment}`)).rejects.toMatchObject({ constraint });
  });
});

test("with a user goes what is theirs; a ticket stays, nobody's", async () => {
  const [user] = await asApp<{ id: string }>(
    "INSERT INTO public.users (email, name) VALUES ('leaving@example.com', 'Leaving') RETURNING id",
  );
  const rows = [
    "user_preferences (user_id) VALUES ($1)",
    "notification_preferences (user_id, channel, event_type) VALUES ($1, 'slack', 'signal.created')",
    "saved_filters (user_id, name, entity_type, filter) VALUES ($1, 'Mine', 'signal', '{}')",
    "custom_dashboards (user_id, name, is_default) VALUES ($1, 'Mine', true)",
    "report_schedules (user_id, name, report_type, frequency, next_run_at) VALUES ($1, 'Mine', 'costs', 'daily', now())",
    "user_activity_log (user_id, action) VALUES ($1, 'signed_in')",
  ];
  for (const row of rows) await asApp(`INSERT INTO public.${row}`, [user!.id]);
  await asApp(
    "INSERT INTO public.feedback_tickets (user_id, ticket_type, subject, message) VALUES ($1, 'bug', 's', 'm')",
    [user!.id],
  );
  await asApp("DELETE FROM public.users WHERE id = $1", [user!.id]);
  for (const row of rows) {
    const table = row.replace(/ .*/, "");
    expect([table, await asApp(`SELECT FROM public.${table} WHERE user_id = $1`, [user!.id])]).toEqual([table, []]);
  }
  expect(await asApp("SELECT user_id, subject FROM public.feedback_tickets")).toEqual([
    { user_id: null, subject: "s" },
  ]);
});
