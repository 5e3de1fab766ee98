/** Prerequisites of the migrations, before anything is changed: what would stop them in the middle of the maintenance. */
import type { SqlCheck } from "../../../components/checks/check";
import { prerequisites } from "../../../systems/pm/checks";
import { pmConfiguration } from "../../../systems/pm/settings";
import { runChecks } from "../../support/checks-runner";
import { declared } from "../../support/declared";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, pmSystem, runScripts } from "./pm";

jest.setTimeout(120_000);

let baseline: SystemDatabase;

startSystem(pmSystem, (created) => {
  baseline = created;
});

const names = [
  ...["the rights of pm_app", "the columns of the existing tables", "the keys of the existing tables"],
  ...["the names of the migrations' tables", "no signal is there twice"],
];
const checks = prerequisites(declared(pmConfiguration).settings).filter(
  (check): check is SqlCheck => "sql" in check && names.includes(check.name),
);
const check = ({ owner, postgres }: SystemDatabase) => runChecks(checks, { environment: postgres.environment(owner) });

test("a database passes before the migrations, and after them", async () => {
  expect(checks.map(({ name }) => name)).toEqual(names);
  const passed = { code: 0, stdout: expect.stringContaining("5 of 5 checks passed") as string, stderr: "" };
  const pm = await baseline.clone("passes");
  expect(await check(pm)).toEqual(passed);
  await runScripts(pm, "deploy", changes);
  expect(await check(pm)).toEqual(passed);
});

test.each([
  ["a_right", "REVOKE UPDATE ON signals FROM pm_app", 'missing is ["public.signals UPDATE"], expected []'],
  [
    "a_column",
    "ALTER TABLE signals RENAME external_id TO source_id; ALTER TABLE opportunities DROP status",
    'wrong is ["public.signals.external_id is missing","public.opportunities.status is missing"], expected []',
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
    "a_name",
    "CREATE TABLE saved_filters (id int); CREATE VIEW error_summary AS SELECT 1 AS n",
    'taken is ["error_summary","saved_filters"], expected []',
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
