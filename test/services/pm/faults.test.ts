/** Faults during migrations: each leaves the database unchanged, or ready to resume. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import {
  addOpportunity,
  before,
  changes,
  concurrentIndexes,
  pmSystem,
  runScripts,
  smokeTestUser,
  tables,
  tablesOf,
  views,
} from "./pm";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let baseline: SystemDatabase;

startSystem(pmSystem, (created) => {
  ({ postgres } = created);
  baseline = created;
});

test("killed after a change's commit, before Sqitch recorded it, it resumes", async () => {
  const pm = await baseline.clone("killed_after_commit");
  for (const change of changes) expect(await runScripts(pm, "deploy", [change, change])).toBe("");
  const opportunity = await addOpportunity(pm);
  await pm.query("UPDATE public.opportunities SET jira_issue_key = 'PM-7', jira_status = 'Open'");
  await pm.query("UPDATE public.neo4j_circuit_breaker SET state = 'open', opened_at = now(), next_attempt_at = now()");

  await pm.sqitch("deploy", "--verify");

  expect(await pm.deployed()).toEqual(changes);
  expect(await pm.query("SELECT id, version, jira_issue_key, jira_status FROM public.opportunities")).toEqual([
    { id: opportunity, version: "2", jira_issue_key: "PM-7", jira_status: "Open" },
  ]);
  expect(await pm.query("SELECT name, state FROM public.neo4j_circuit_breaker")).toEqual([
    { name: "neo4j", state: "open" },
  ]);
});

test("a revert that was killed after its commit can run again", async () => {
  const pm = await baseline.clone("revert_twice");
  await runScripts(pm, "deploy", changes);
  for (const change of [...changes].reverse()) expect(await runScripts(pm, "revert", [change, change])).toBe("");
  expect(await pm.existingTables()).toEqual([]);
});

test("a table or view made by others is refused by its change, and keeps its rows", async () => {
  const pm = await baseline.clone("foreign_tables");
  const madeBy = { ...tablesOf, V3_012_observability: [...tablesOf.V3_012_observability!, ...views] };
  for (const name of [...tables, ...views]) await pm.query(`CREATE TABLE public.${name} AS SELECT 'mine' AS note`);
  for (const [change, made] of Object.entries(madeBy)) {
    for (const name of made) {
      expect(await failureOf(runScripts(pm, "deploy", [change]))).toContain(
        `ERROR:  table ${name} exists already and was not made by this migration: rename or remove it, then run again`,
      );
      expect(await pm.query(`SELECT * FROM public.${name}`)).toEqual([{ note: "mine" }]);
      await pm.query(`DROP TABLE public.${name}`);
    }
    await runScripts(pm, "deploy", [change]);
  }
  expect(await pm.existingTables()).toEqual(tables);
});

test.each([
  ["V3_009_budget_allocations", "refuse_stale_version()", "trigger"],
  ["V3_011_neo4j_dead_letter", "move_to_dead_letter(integer)", "integer"],
  ["V3_011_neo4j_dead_letter", "cleanup_neo4j_backlog(integer)", "integer"],
  ["V3_012_observability", "refresh_observability_views()", "void"],
  ["V3_014_named_versions", "set_version()", "trigger"],
])("%s: a function %s that another made is refused, and kept", async (change, signature, result) => {
  const pm = await before(baseline, change, `foreign_${signature.replace(/\W.*/, "")}`);
  const body = "BEGIN RAISE 'mine'; END";
  await pm.query(`CREATE FUNCTION public.${signature} RETURNS ${result} LANGUAGE plpgsql AS $$${body}$$`);
  expect(await failureOf(runScripts(pm, "deploy", [change]))).toContain(
    `ERROR:  function ${signature} exists already and was not made by this migration: rename or remove it, then run again`,
  );
  expect(await pm.query("SELECT prosrc FROM pg_proc WHERE oid = $1::regprocedure", [`public.${signature}`])).toEqual([
    { prosrc: body },
  ]);
});

test("a change of a busy table gets its lock on a later try, and is deployed once", async () => {
  const pm = await baseline.clone("busy");
  const migrate = (change: string) =>
    run("sh", ["components/migrations/in-pod/migrate.sh", "deploy", "pm", change], {
      env: { ...postgres.environment(pm.owner), RUNSHEET_PROJECT: pm.project },
    });
  for (const change of changes.slice(0, 2)) await migrate(change);
  const opportunity = await addOpportunity(pm);
  await postgres.connected(pm.app, async (client) => {
    await client.query("BEGIN; SELECT FROM public.opportunities");
    const deployment = migrate(changes[2]!);
    // Longer than the lock timeout of the change, which is 2 s.
    await sleep(3_000);
    await client.query("COMMIT");
    expect(await deployment).toMatch(/\+ V3_009_budget_allocations \.+ ok/);
  });
  expect(await pm.deployed()).toEqual(changes.slice(0, 3));
  expect(await pm.query("SELECT id, version FROM public.opportunities")).toEqual([{ id: opportunity, version: "1" }]);
});

test("mending V3_009 leaves the locking of V3_014 as it is", async () => {
  const pm = await baseline.clone("mended");
  await pm.sqitch("deploy", "--verify");
  // As its former script was.
  const former = (await readFile(join(pm.project, "superseded.sha1"), "utf8")).split(" ")[0];
  await pm.query("UPDATE sqitch.changes SET script_hash = $1 WHERE change = 'V3_009_budget_allocations'", [former]);
  const locking = () =>
    pm.query(
      `SELECT pg_get_functiondef(p.oid) AS function, pg_get_triggerdef(t.oid) AS trigger
       FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = tgfoid WHERE tgname ~ '_version$' ORDER BY 1, 2`,
    );
  const before = await locking();
  await pm.query("DROP INDEX idx_budget_allocations_period");

  const output = await run("sh", ["components/migrations/in-pod/migrate.sh", "mend", "pm", "any"], {
    env: { ...postgres.environment(pm.owner), RUNSHEET_PROJECT: pm.project },
  });
  expect(output.match(/.* is mended: .*/g)).toEqual([
    "V3_009_budget_allocations is mended: its deploy script ran again",
  ]);
  expect(before).toHaveLength(4);
  expect(await locking()).toEqual(before);
});

test("a trigger of opportunities that another made is refused, and kept", async () => {
  const pm = await before(baseline, "V3_014_named_versions", "foreign_trigger");
  await pm.query(
    `CREATE TRIGGER set_version BEFORE UPDATE ON public.opportunities
     FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  );
  expect(await failureOf(runScripts(pm, "deploy", ["V3_014_named_versions"]))).toContain(
    "ERROR:  trigger set_version of opportunities exists already and was not made by this migration: rename or remove it, then run again",
  );
  expect(await pm.query("SELECT tgfoid::regproc::text AS calls FROM pg_trigger WHERE tgname = 'set_version'")).toEqual([
    { calls: "suppress_redundant_updates_trigger" },
  ]);
});

test.each([
  ["V3_009_budget_allocations", "version", "text"],
  ["V3_010_jira_issue_tracking", "jira_issue_key", "varchar(20)"],
  ["V3_010_jira_issue_tracking", "jira_synced_at", "date"],
])("%s: a column %s of opportunities made by others is refused, and keeps its values", async (...given) => {
  const [change, column, type] = given;
  const pm = await before(baseline, change, `foreign_${column}`);
  await addOpportunity(pm);
  const value = type === "date" ? "2026-01-01" : "mine";
  await pm.query(`ALTER TABLE public.opportunities ADD ${column} ${type} DEFAULT '${value}'`);
  expect(await failureOf(runScripts(pm, "deploy", [change]))).toContain(
    `ERROR:  column ${column} of opportunities exists already and was not made by this migration: rename or remove it, then run again`,
  );
  expect(await pm.query(`SELECT ${column}::text AS value FROM public.opportunities`)).toEqual([{ value }]);
});

test.each(
  Object.entries(concurrentIndexes).flatMap(([change, made]) => Object.keys(made).map((name) => [change, name])),
)("%s: an index %s that another made is refused, and kept", async (change, name) => {
  const pm = await before(baseline, change, `foreign_${name}`);
  const table = concurrentIndexes[change]![name]!;
  await pm.query(
    `CREATE INDEX ${name} ON public.${table} (${table === "opportunity_signals" ? "opportunity_id" : "id"})`,
  );
  expect(await failureOf(runScripts(pm, "deploy", [change]))).toContain(
    `ERROR:  index ${name} exists already and was not made by this migration: rename or remove it, then run again`,
  );
  expect(
    await pm.query("SELECT indisunique FROM pg_index WHERE indexrelid = $1::regclass", [`public.${name}`]),
  ).toEqual([{ indisunique: false }]);
});

test("opportunities in use make V3_009 give up soon, with nothing left and no queue", async () => {
  const change = "V3_009_budget_allocations";
  const pm = await before(baseline, change, "locked");
  const opportunity = await addOpportunity(pm);
  await postgres.connected(pm.superuser, async (client) => {
    await client.query("BEGIN; UPDATE public.opportunities SET score = 0.5");
    const deployment = failureOf(runScripts(pm, "deploy", [change]));
    await postgres.connected(pm.superuser, async (observer) => {
      const waiting = `SELECT FROM pg_locks WHERE relation = 'public.opportunities'::regclass AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      while ((await observer.query(waiting)).rowCount === 0) await sleep(20);
      const start = Date.now();
      await addOpportunity(pm, "Another");
      expect(Date.now() - start).toBeLessThan(2_500);
    });
    expect(await deployment).toContain("ERROR:  canceling statement due to lock timeout");
    await client.query("ROLLBACK");
  });
  expect(await pm.existingTables()).not.toContain("budget_allocations");
  await runScripts(pm, "deploy", [change]);
  expect(await pm.query("SELECT version FROM public.opportunities WHERE id = $1", [opportunity])).toEqual([
    { version: "1" },
  ]);
});

test("killed before JIRA's constraints are validated, the next run validates them", async () => {
  const pm = await before(baseline, "V3_010_conflict_targets", "not_validated");
  const name = "opportunities_jira_issue_url_check";
  await pm.query(
    `ALTER TABLE public.opportunities DROP CONSTRAINT ${name},
     ADD CONSTRAINT ${name} CHECK (jira_issue_url ~ '^https?://') NOT VALID`,
  );
  await runScripts(pm, "deploy", ["V3_010_jira_issue_tracking"]);
  expect(await pm.query("SELECT convalidated FROM pg_constraint WHERE conname = $1", [name])).toEqual([
    { convalidated: true },
  ]);
});

test("undecided dead letters return to the backlog when their table is reverted", async () => {
  const pm = await before(baseline, "V3_012_observability", "dead_letters_back");
  await pm.query(
    `INSERT INTO public.neo4j_sync_dead_letter (backlog_id, operation, entity_type, entity_id, payload, retry_count,
       last_error, queued_at, resolution, resolved_at, resolved_by)
     VALUES (7, 'update', 'signal', 'a', '{"x": 1}', 5, 'Neo4j does not answer', '2026-02-01T00:00Z', NULL, NULL, NULL),
       (8, 'delete', 'signal', 'b', '{}', 5, 'no such node', '2026-02-01T00:00Z', 'discarded', now(), $1)`,
    [smokeTestUser],
  );
  await runScripts(pm, "revert", ["V3_011_neo4j_dead_letter"]);
  expect(
    await pm.query(
      `SELECT id::integer, operation, entity_id, payload, status, retry_count::integer, last_error, created_at
       FROM public.neo4j_sync_backlog`,
    ),
  ).toEqual([
    {
      id: 7,
      operation: "update",
      entity_id: "a",
      payload: { x: 1 },
      status: "failed",
      retry_count: 5,
      last_error: "Neo4j does not answer",
      created_at: new Date("2026-02-01T00:00Z"),
    },
  ]);
});
