/** Errors in the migrations: nothing after them runs, and the next up goes on when the cause is mended. */
import { addChange, applied, migrations, removeChange, writeScript } from "../support/changes";
import { kubectl, sql } from "../support/cluster";
import { apiRelease, FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const migrationJobs = async () =>
  (await kubectl("get", "jobs", "-n", "prism", "-o", "name"))
    .split("\n")
    .map((job) => job.replace("job.batch/", ""))
    .filter((job) => job.startsWith("prism-migrate-"));

test("an SQL error is in the output, nothing is half applied, nothing after it runs, and the next up goes on", async () => {
  addChange(stack, "broken", {
    deploy: "BEGIN;\nCREATE TABLE half_applied (id int);\nSELECT 1 / 0;\nCOMMIT;\n",
    revert: "DROP TABLE half_applied;\n",
  });
  stack.configure({ "prism:release": "5.0.1" });
  const before = await migrationJobs();
  await stack.upFails("ERROR:  division by zero", "prism-migrate-broken");
  expect(await sql("SELECT to_regclass('half_applied') IS NULL")).toBe("t");
  expect(await applied("broken")).toBe(false);
  expect(await apiRelease()).toBe("5.0.0");
  writeScript(stack, "deploy", "broken", "BEGIN;\nCREATE TABLE half_applied (id int);\nCOMMIT;\n");
  await stack.upSucceeds();
  expect(await applied("broken")).toBe(true);
  expect(await apiRelease()).toBe("5.0.1");
  // Only the new change ran.
  expect((await migrationJobs()).filter((job) => !job.startsWith("prism-migrate-broken"))).toEqual(before);
  await removeChange(stack, "broken");
  expect(await sql("SELECT to_regclass('half_applied') IS NULL")).toBe("t");
});

test("an edited applied change is refused by its name", async () => {
  stack.edit(`${migrations}/deploy/ml_models.sql`, (text) => `${text}\n-- edited\n`);
  await stack.upFails(
    "refused: the change ml_models is applied already, and its deploy script is not the one that was applied.",
    "What to do: take the edit back, and put what is to be different into a new change of the plan.",
  );
  stack.edit(`${migrations}/deploy/ml_models.sql`, (text) => text.replace("\n-- edited\n", ""));
  await stack.upSucceeds();
});

test("a verification that fails takes its change back", async () => {
  addChange(stack, "unverified", {
    deploy: "CREATE TABLE unverified (id int);\n",
    verify: "DO $$ BEGIN RAISE EXCEPTION 'the table is not as it should be'; END $$;\n",
    revert: "DROP TABLE unverified;\n",
  });
  await stack.upFails("the table is not as it should be", "prism-migrate-unverified");
  expect(await applied("unverified")).toBe(false);
  expect(await sql("SELECT to_regclass('unverified') IS NULL")).toBe("t");
  writeScript(stack, "verify", "unverified", "SELECT 1 FROM unverified WHERE false;\n");
  await stack.upSucceeds();
  await removeChange(stack, "unverified");
});

test("an index that a failed run left INVALID is made again", async () => {
  stack.configure({ "prism:schema": { target: "user_tax_profiles" } });
  await stack.upSucceeds();
  const row =
    "'00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'business', '00000000-0000-4000-8000-000000000002', '{}', '{}', '2026-01-01'";
  await sql(
    `INSERT INTO ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction, created_at) VALUES (${row}), (${row})`,
  );
  await expect(
    sql("CREATE UNIQUE INDEX CONCURRENTLY idx_feedback_training ON ai_feedback (used_in_training, created_at)"),
  ).rejects.toThrow("could not create unique index");
  const valid = () =>
    sql("SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'idx_feedback_training'::regclass");
  expect(await valid()).toBe("f|t");
  stack.configure({ "prism:schema": undefined });
  await stack.upSucceeds();
  expect(await valid()).toBe("t|f");
  await sql("DELETE FROM ai_feedback");
});
