/** Deployment and revert of all changes of PM on a real PostgreSQL. */
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addOpportunity, addSignal, addToBacklog, changes, pmSystem, runScripts, tables } from "./pm";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let baseline: SystemDatabase;
let deployed: SystemDatabase;

startSystem(pmSystem, async (created) => {
  ({ postgres } = created);
  baseline = created;
  deployed = await baseline.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});

/** Objects of the schema public: relations with their privileges, columns, constraints, triggers and functions. */
const inPublic = async (pm: SystemDatabase) => {
  const rows = await pm.query<{ what: string }>(
    `SELECT concat_ws(' ', relkind, relname, relacl) AS what FROM pg_class WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
     UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  );
  return rows.map(({ what }) => what);
};

/** Rows of the tables that exist before the migrations. */
const rowsBefore = async (pm: SystemDatabase) => ({
  users: await pm.query("SELECT * FROM public.users"),
  signals: await pm.query("SELECT * FROM public.signals"),
  opportunities: await pm.query(
    "SELECT id, title, description, status, score, created_at, updated_at FROM public.opportunities ORDER BY id",
  ),
  links: await pm.query("SELECT * FROM public.opportunity_signals"),
});

test("the changes are deployed in the runbook's order, by an owner who is no superuser", async () => {
  expect(await deployed.deployed()).toEqual(changes);
  expect(await deployed.sqitch("verify")).toContain("Verify successful");
  expect(await deployed.sqitch("check")).toContain("Check successful");
  expect(await deployed.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toEqual([
    { rolsuper: false },
  ]);
});

test("the runbook's fifteen tables are there, and one for the circuit breaker", async () => {
  const fifteen = [
    ...["neo4j_sync_backlog", "neo4j_sync_dead_letter", "budget_allocations", "performance_metrics"],
    ...["error_aggregation", "error_occurrences", "tracing_spans", "saved_filters", "notification_preferences"],
    ...["custom_dashboards", "report_schedules", "report_runs", "user_activity_log", "user_preferences"],
    "feedback_tickets",
  ];
  expect(fifteen).toHaveLength(15);
  expect([...(await deployed.existingTables())].sort()).toEqual([...fifteen, "neo4j_circuit_breaker"].sort());
});

test("deploying what is deployed changes nothing", async () => {
  const record = "SELECT change_id, committed_at FROM sqitch.changes ORDER BY committed_at";
  const before = await deployed.query(record);
  expect(await deployed.sqitch("deploy", "--verify")).toContain("Nothing to deploy (up-to-date)");
  expect(await deployed.query(record)).toEqual(before);
});

test("running the baseline again changes nothing, before the changes and after", async () => {
  for (const pm of [baseline, deployed]) {
    const before = [await inPublic(pm), await rowsBefore(pm)];
    expect(await pm.runBaseline()).toBe("");
    expect([await inPublic(pm), await rowsBefore(pm)]).toEqual(before);
  }
});

test("reverting goes backwards and leaves the baseline's rows; deploying works on them", async () => {
  const pm = await baseline.clone("there_and_back");
  const [signal, opportunity] = [await addSignal(pm, "m-1"), await addOpportunity(pm)];
  await pm.query("INSERT INTO public.opportunity_signals (opportunity_id, signal_id) VALUES ($1, $2)", [
    opportunity,
    signal,
  ]);
  const before = [await inPublic(pm), await rowsBefore(pm)];
  await pm.sqitch("deploy", "--verify");
  expect(await rowsBefore(pm)).toEqual(before[1]);
  expect(await pm.query("SELECT version, jira_issue_key FROM public.opportunities")).toEqual([
    { version: "1", jira_issue_key: null },
  ]);
  await pm.query("UPDATE public.opportunities SET jira_issue_key = 'PM-1'");
  await addToBacklog(pm, signal);

  const output = await pm.sqitch("revert", "-y");

  expect([...output.matchAll(/- (\w+) \.+ ok/g)].map((match) => match[1])).toEqual([...changes].reverse());
  expect(await pm.existingTables()).toEqual([]);
  expect([await inPublic(pm), await rowsBefore(pm)]).toEqual(before);

  await pm.sqitch("deploy", "--verify");
  expect(await pm.deployed()).toEqual(changes);
  expect(await pm.existingTables()).toEqual(tables);
  expect(await inPublic(pm)).toEqual(await inPublic(deployed));
  expect(await rowsBefore(pm)).toEqual(before[1]);
});

test("each verify script holds with all later changes, and when those are reverted", async () => {
  const pm = await baseline.clone("each_point");
  for (const [index, change] of changes.entries()) {
    await runScripts(pm, "deploy", [change]);
    expect(await runScripts(pm, "verify", changes.slice(0, index + 1))).toMatch(/^\s*$/);
  }
  for (let left = changes.length - 1; left > 0; left--) {
    await runScripts(pm, "revert", [changes[left]!]);
    expect(await runScripts(pm, "verify", changes.slice(0, left))).toMatch(/^\s*$/);
  }
});

test("the app reads and writes rows, the read-only role reads, neither alters tables", async () => {
  const readOnly = { user: "pm_read_only", database: deployed.database };
  const insert = "INSERT INTO public.signals (source, content) VALUES ('test', 'Hello')";
  await postgres.query(deployed.app, insert);
  expect(await postgres.query(readOnly, "SELECT content FROM public.signals")).toEqual([{ content: "Hello" }]);
  await expect(postgres.query(readOnly, insert)).rejects.toThrow("permission denied for table signals");
  await expect(postgres.query(deployed.app, "DROP TABLE public.tracing_spans")).rejects.toThrow(
    "must be owner of table tracing_spans",
  );
});
