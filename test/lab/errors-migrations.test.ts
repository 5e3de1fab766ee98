/**
 * Errors in the migrations: nothing after them runs, and the next up goes on when the cause is mended. Each fault is made
 * in every system at once: each must stop where it is, with its own error.
 */
import { addChange, applied, migrationsOf, removeChanges, writeScript } from "../support/changes";
import { kubectl, releaseOf, sql, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.restore());

const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(systems.map(ask));
const all = <T>(value: T) => systems.map(() => value);

const broken = {
  deploy: "BEGIN;\nCREATE TABLE half_applied (id int);\nSELECT 1 / 0;\nCOMMIT;\n",
  revert: "DROP TABLE half_applied;\n",
};
/** The tasks of the changes, those that the tests add left out. */
const ownJobs = async (system: System) =>
  (await kubectl("get", "jobs", "-n", system, "-o", "name"))
    .split("\n")
    .filter((job) => job.includes(`/${system}-migrate-`) && !/-migrate-(broken|unverified)/.test(job));
let before: string[][];
beforeAll(async () => (before = await each(ownJobs)));

const halfApplied = (system: System) => sql("SELECT to_regclass('half_applied') IS NULL", system);

test("an SQL error in one system: it stops there, the others go on, and the summary says which stands where", async () => {
  addChange(stack, ["prism"], "broken", broken);
  stack.configure({ "prism:release": "5.0.1", "mued:release": "2.0.1" });
  const output = await stack.upFails("ERROR:  division by zero", "prism-migrate-broken");
  expect(output).toMatch(
    /prism +stopped in migrate \(prism-migrate-broken\); not done: configuration, services, functions, verify, maintenance\n/,
  );
  expect(output).toMatch(/omniops +done\n +mued +done\n +pm +done\n/);
  expect(output).not.toContain("error serializing property");
  expect(await releaseOf("prism")).toBe("5.0.0");
  expect(await releaseOf("mued")).toBe("2.0.1");
});

test("in every system: nothing is half applied, and nothing after it runs", async () => {
  addChange(stack, ["omniops", "mued", "pm"], "broken", broken);
  const output = await stack.upFails(...systems.map((system) => `${system}-migrate-broken`));
  expect(output.match(/ERROR: {2}division by zero/g)!.length).toBeGreaterThanOrEqual(4);
  expect(await each(halfApplied)).toEqual(all("t"));
  expect(await each((system) => applied(system, "broken"))).toEqual(all(false));
});

test("an edited applied change is refused by its name", async () => {
  const edited = {
    prism: "ml_models",
    omniops: "escalation_rules",
    mued: "0002_add_rag_metrics",
    pm: "V3_009_budget_allocations",
  };
  const script = (system: System) => `${migrationsOf(system)}/deploy/${edited[system]}.sql`;
  for (const system of systems) stack.edit(script(system), (text) => `${text}\n-- edited\n`);
  await stack.upFails(
    ...Object.values(edited).map(
      (change) =>
        `refused: the change ${change} is applied already, and its deploy script is not the one that was applied.`,
    ),
    "What to do: take the edit back, and put what is to be different into a new change of the plan.",
  );
  for (const system of systems) stack.edit(script(system), (text) => text.replace("\n-- edited\n", ""));
});

test("when both are mended the next up goes on, up to a change whose verification fails, which is taken back", async () => {
  writeScript(stack, systems, "deploy", "broken", "BEGIN;\nCREATE TABLE half_applied (id int);\nCOMMIT;\n");
  addChange(stack, systems, "unverified", {
    deploy: "CREATE TABLE unverified (id int);\n",
    verify: "DO $$ BEGIN RAISE EXCEPTION 'the table is not as it should be'; END $$;\n",
    revert: "DROP TABLE unverified;\n",
  });
  await stack.upFails("the table is not as it should be", ...systems.map((system) => `${system}-migrate-unverified`));
  expect(await each((system) => applied(system, "broken"))).toEqual(all(true));
  expect(await each((system) => applied(system, "unverified"))).toEqual(all(false));
  expect(await each((system) => sql("SELECT to_regclass('unverified') IS NULL", system))).toEqual(all("t"));

  writeScript(stack, systems, "verify", "unverified", "SELECT 1 FROM unverified WHERE false;\n");
  await stack.upSucceeds();
  expect(await each((system) => applied(system, "unverified"))).toEqual(all(true));
  expect(await releaseOf("prism")).toBe("5.0.1");
  // Only the new changes ran.
  expect(await each(ownJobs)).toEqual(before);
});

test("going back below what later tests need takes the added changes along", async () => {
  await removeChanges(stack, systems, ["broken", "unverified"], {
    prism: "user_tax_profiles",
    omniops: "conversation_insights",
    mued: "0003_optimize_rag_indexes",
  });
  expect(await each(halfApplied)).toEqual(all("t"));
  expect(await applied("mued", "0003_optimize_rag_indexes")).toBe(true);
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(false);
});

test("an index that a failed run left INVALID is made again; orphans keep a foreign key from being validated, and are named", async () => {
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
  // Of a message that is gone: no key minded while there was none.
  await sql(
    `INSERT INTO sentiment_analysis (conversation_id, message_id)
     VALUES ('00000000-0000-4000-8000-000000000002', gen_random_uuid())`,
    "omniops",
  );
  stack.configure({ "mued:foreignKeys": false });
  await stack.upFails(
    /fk_sentiment_message of sentiment_analysis: 1 of its rows have a message_id that is not in messages/,
    "omniops-migrate-phase4-validate-foreign-keys",
  );
  expect(await valid()).toBe("t|f");
  expect(await applied("omniops", "phase4_foreign_keys")).toBe(true);
  expect(await applied("omniops", "phase4_validate_foreign_keys")).toBe(false);
});

test("without the orphans the next up goes on; MUED's foreign keys come when they are wanted", async () => {
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(false);
  await sql("DELETE FROM ai_feedback");
  await sql("DELETE FROM sentiment_analysis WHERE message_id NOT IN (SELECT id FROM messages)", "omniops");
  stack.configure({ "prism:release": "5.0.0", "mued:release": "2.0.0", "mued:foreignKeys": undefined });
  await stack.upSucceeds();
  expect(await applied("omniops", "phase4_validate_foreign_keys")).toBe(true);
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(true);
});
