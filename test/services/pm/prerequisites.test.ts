/** Prerequisites of the migrations, before anything is changed: what would stop them in the middle of the maintenance. */
import type { SqlCheck } from "../../../components/checks/check";
import { run } from "../../../lab/command";
import { prerequisites } from "../../../systems/pm/checks";
import { pmConfiguration } from "../../../systems/pm/settings";
import { runChecks } from "../../support/checks-runner";
import { declared } from "../../support/declared";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { failureOf } from "../failure";
import { changes, concurrentIndexes, pmSystem, runScripts } from "./pm";

jest.setTimeout(120_000);

let baseline: SystemDatabase;

startSystem(pmSystem, (created) => {
  baseline = created;
});

const names = [
  ...["the rights of pm_app", "the columns of the existing tables", "the keys of the existing tables"],
  ...["the names of what the migrations make", "no signal is there twice"],
];
const checks = prerequisites(declared(pmConfiguration)).filter(
  (check): check is SqlCheck => "sql" in check && names.includes(check.name),
);
/** Runs a mode of migrate.sh for all changes. */
const migrate = ({ owner, postgres, project }: SystemDatabase, mode: string) =>
  run("sh", ["components/migrations/in-pod/migrate.sh", mode, "pm", "any"], {
    env: { ...postgres.environment(owner), RUNSHEET_PROJECT: project },
  });
const check = ({ owner, postgres }: SystemDatabase) => runChecks(checks, { environment: postgres.environment(owner) });

test("a database passes before the migrations, in the middle, and after them", async () => {
  expect(checks.map(({ name }) => name).sort()).toEqual([...names].sort());
  const passed = { code: 0, stdout: expect.stringContaining("5 of 5 checks passed") as string, stderr: "" };
  const pm = await baseline.clone("passes");
  expect(await check(pm)).toEqual(passed);
  // Killed before Sqitch recorded them.
  await runScripts(pm, "deploy", changes);
  expect(await check(pm)).toEqual(passed);
  await pm.sqitch("deploy", "--verify", "--to", changes[3]!);
  expect(await check(pm)).toEqual(passed);
});

test("comments that somebody changed on what is applied are no obstacle", async () => {
  const pm = await baseline.clone("commented");
  await pm.sqitch("deploy", "--verify");
  await pm.query(
    `COMMENT ON TABLE neo4j_sync_backlog IS 'queue'; COMMENT ON COLUMN opportunities.version IS 'Version.';
     COMMENT ON FUNCTION set_version() IS NULL`,
  );
  expect(await check(pm)).toMatchObject({ code: 0, stderr: "" });
  expect(await migrate(pm, "check")).toContain("V3_014_named_versions is applied already");
});

/** Statements that make objects of another's under names of ours, by what is named of them. */
const foreign: Readonly<Record<string, string>> = {
  "column opportunities.version": "ALTER TABLE opportunities ADD version int",
  ...Object.fromEntries(
    ["jira_issue_key", "jira_issue_url", "jira_status", "jira_synced_at"].map((column) => [
      `column opportunities.${column}`,
      `ALTER TABLE opportunities ADD ${column} text`,
    ]),
  ),
  ...Object.fromEntries(
    [
      ...["refuse_stale_version()", "set_version()", "move_to_dead_letter(integer)"],
      ...["cleanup_neo4j_backlog(integer)", "refresh_observability_views()"],
    ].map((signature) => [
      `function ${signature}`,
      `CREATE FUNCTION ${signature} RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    ]),
  ),
  "trigger opportunities.set_version": `CREATE TRIGGER set_version BEFORE UPDATE ON opportunities
    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  ...Object.fromEntries(
    Object.values(concurrentIndexes)
      .flatMap((indexes) => Object.keys(indexes))
      .map((index) => [`index ${index}`, `CREATE INDEX ${index} ON users (email)`]),
  ),
};

test("columns, functions, triggers and indexes of another's are named, each", async () => {
  const pm = await baseline.clone("foreign_objects");
  for (const sql of Object.values(foreign)) await pm.query(sql);
  // The check's own message has only the first.
  expect((await check(pm)).stderr).toMatch(
    /^FAILED the names of what the migrations make: taken is \["index idx_signals_created","index idx_signals_source",/,
  );
  const { sql } = checks.find(({ name }) => name === "the names of what the migrations make")!;
  const [{ taken }] = (await pm.query(sql)) as [{ taken: string[] }];
  expect(taken.sort()).toEqual(Object.keys(foreign).sort());
});

test("tables and views of another's are named by the check of the schema", async () => {
  const pm = await baseline.clone("foreign_tables");
  await pm.query("CREATE TABLE saved_filters (id int); CREATE VIEW error_summary AS SELECT 1 AS n");
  const output = await failureOf(migrate(pm, "check"));
  expect(output).toContain(
    "refused: error_summary exists already and was not made by the change V3_012_observability.\n",
  );
  expect(output).toContain(
    "refused: saved_filters exists already and was not made by the change V3_013_user_features.\n",
  );
});

test("duplicates are found where the unique index is INVALID", async () => {
  const pm = await baseline.clone("invalid_index");
  await pm.query(
    "INSERT INTO signals (source, content, external_id) SELECT 'slack', 'Slow', 'm-1' FROM generate_series(1, 2)",
  );
  await expect(
    pm.query(
      `CREATE UNIQUE INDEX CONCURRENTLY idx_signals_external_id ON signals (source, external_id)
       WHERE external_id IS NOT NULL`,
    ),
  ).rejects.toThrow("could not create unique index");
  expect(await check(pm)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("FAILED no signal is there twice: duplicates is 1, expected 0\n") as string,
  });
});

test.each([
  ["a_right", "REVOKE UPDATE ON signals FROM pm_app", 'missing is ["public.signals UPDATE"], expected []'],
  [
    "a_column",
    "ALTER TABLE signals RENAME external_id TO source_id; ALTER TABLE opportunities DROP status",
    'wrong is ["public.opportunities.status is missing","public.signals.external_id is missing"], expected []',
  ],
  [
    "a_type",
    "ALTER TABLE users ALTER id DROP DEFAULT, ALTER id TYPE text",
    'wrong is ["public.users.id is text"], expected []',
    "ALTER TABLE api_keys DROP CONSTRAINT api_keys_user_id_fkey; ALTER TABLE ai_usage_costs DROP CONSTRAINT ai_usage_costs_user_id_fkey",
  ],
  [
    "a_key",
    "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE; CREATE INDEX ON users (id)",
    'not_unique is ["public.users.id"], expected []',
  ],
  [
    "a_duplicate",
    "INSERT INTO signals (source, content, external_id) SELECT 'slack', 'Slow', 'm-1' FROM generate_series(1, 2)",
    "duplicates is 1, expected 0",
  ],
])("%s that is not as the migrations need it is named", async (name, sql, message, before = "SELECT 1") => {
  const pm = await baseline.clone(name);
  await pm.query(before);
  await pm.query(sql);
  const { code, stderr } = await check(pm);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
