/** Script of the migration tasks, on a real PostgreSQL: its output, and the resulting database. */
import { appendFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { changes, prismSystem } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

const script = resolve(__dirname, "../../../components/migrations/in-pod/migrate.sh");
let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;
let upToMlModels: SystemDatabase;

startSystem(prismSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  upToMlModels = await empty.clone("up_to_ml_models");
  for (const change of changes.slice(0, 4)) await migrate(upToMlModels, "deploy", change);
});

const migrate = (
  prism: SystemDatabase,
  mode: "check" | "deploy" | "deploy-all" | "mend" | "revert" | "verify",
  change: string,
  environment: Record<string, string> = {},
) =>
  run("sh", [script, mode, "prism", change], {
    env: { ...postgres.environment(prism.owner), RUNSHEET_PROJECT: prism.project, ...environment },
  });

test("the changes are deployed one by one, each verified", async () => {
  const prism = await upToMlModels.clone("one_by_one");
  expect(await migrate(prism, "deploy", "user_insights")).toMatch(/\+ user_insights \.+ ok/);
  expect(await prism.deployed()).toEqual(changes.slice(0, 5));
});

test("a change that is applied is verified again, and nothing else", async () => {
  const prism = await upToMlModels.clone("again");
  expect(await migrate(prism, "deploy", "ai_feedback")).toBe("ai_feedback is applied already\n");
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
});

test("after a restore one task verifies what is applied, and deploys the rest", async () => {
  const prism = await upToMlModels.clone("all_at_once");
  const output = await migrate(prism, "deploy-all", "user_tax_profiles");
  expect(output).toContain("ml_models is applied already\n");
  expect(output).toMatch(/\+ user_insights \.+ ok\n.*\n.*\+ user_tax_profiles \.+ ok/);
  expect(await prism.deployed()).toEqual(changes.slice(0, 6));
  const again = await migrate(prism, "deploy-all", "user_tax_profiles");
  expect(again.trim().split("\n")).toEqual(changes.slice(0, 6).map((change) => `${change} is applied already`));
});

test("an applied change whose table was changed by hand fails, naming what is missing", async () => {
  const prism = await upToMlModels.clone("by_hand");
  await prism.query("ALTER TABLE public.ml_models DISABLE ROW LEVEL SECURITY");
  const output = await failureOf(migrate(prism, "deploy", "ml_models"));
  expect(output).toContain("row security");
  expect(output).toContain(
    "the change ml_models is recorded as applied, and its verification fails: somebody changed the schema by hand.",
  );
});

test("what somebody took away is put back by its change, and nothing else runs", async () => {
  const prism = await upToMlModels.clone("taken_away");
  await prism.query(`DROP INDEX public.idx_ai_feedback_business; REVOKE INSERT ON public.ai_feedback FROM service_role;
    ALTER TABLE public.ml_models DISABLE ROW LEVEL SECURITY; CREATE TABLE public.of_others (id int)`);
  const output = await migrate(prism, "mend", "any");
  expect(output.split("\n").filter((line) => line.includes("mended"))).toEqual([
    "ai_feedback is mended: its deploy script ran again",
    "ml_models is mended: its deploy script ran again",
  ]);
  expect(await migrate(prism, "check", "any")).not.toContain("mended");
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
});

test("an index that was built outside of transactions is built again", async () => {
  const prism = await upToMlModels.clone("built_again");
  for (const change of changes.slice(4)) await migrate(prism, "deploy", change);
  await prism.query("DROP INDEX public.idx_feedback_training");
  expect(await migrate(prism, "mend", "any")).toContain(
    "feedback_training_index is mended: its deploy script ran again",
  );
});

test("a table or a column that somebody dropped is not made again without its rows", async () => {
  const prism = await upToMlModels.clone("dropped");
  await prism.query("DROP TABLE public.ml_models");
  const output = await failureOf(migrate(prism, "mend", "any"));
  expect(output).toContain("missing with what was in it: ml_models.accuracy, ml_models.");
  expect(output).toContain("A restore brings it back (restore.from), or an older state of it from a dump.");
  expect(output).toContain(
    "its deploy script ran again, and did not put it back: see above. Nothing of that was kept.",
  );
  expect(await prism.query("SELECT to_regclass('public.ml_models') AS found")).toEqual([{ found: null }]);
});

test("what no deploy script puts back is left, and named", async () => {
  const prism = await upToMlModels.clone("no_script");
  await prism.query(
    "ALTER TABLE public.ai_feedback ALTER COLUMN model_version SET NOT NULL; DROP INDEX public.idx_ai_feedback_user",
  );
  const output = await failureOf(migrate(prism, "mend", "any"));
  expect(output).toContain("Nothing of that was kept.");
  expect(await prism.query("SELECT to_regclass('public.idx_ai_feedback_user') AS found")).toEqual([{ found: null }]);
});

describe("a table of another's under the name of one that a change makes", () => {
  const create =
    "CREATE TABLE public.ai_feedback (LIKE public.businesses INCLUDING ALL); GRANT SELECT ON public.ai_feedback TO anon";
  const untouched = `SELECT relrowsecurity AS rls, has_table_privilege('anon', oid, 'SELECT') AS anon
    FROM pg_class WHERE oid = 'public.ai_feedback'::regclass`;

  test.each(["check", "mend", "deploy"] as const)("%s refuses it, and changes nothing of it", async (mode) => {
    const prism = await empty.clone(`of_another_${mode}`);
    await prism.query(create);
    const output = await failureOf(migrate(prism, mode, "ai_feedback"));
    expect(output).toContain("refused: ai_feedback exists already and was not made by the change ai_feedback.\n");
    expect(output).toContain("What to do: rename or remove it, then run up again.");
    expect(await prism.query(untouched)).toEqual([{ rls: false, anon: true }]);
    expect(await prism.deployed().catch(() => "no registry")).toEqual("no registry");
  });

  test("all of them are named before the first change", async () => {
    const prism = await empty.clone("of_another_all");
    await prism.query("CREATE TABLE public.ml_models (id int); CREATE TABLE public.profile_corrections (id int)");
    const output = await failureOf(migrate(prism, "mend", "any"));
    expect(output.split("\n").filter((line) => line.startsWith("refused"))).toEqual([
      "refused: ml_models exists already and was not made by the change ml_models.",
      "refused: profile_corrections exists already and was not made by the change user_tax_profiles.",
    ]);
    expect(await migrate(prism, "mend", "invoice_validations")).toBe("");
  });

  test("what going back keeps is the change's own", async () => {
    const prism = await upToMlModels.clone("kept");
    await migrate(prism, "revert", "none");
    expect(await migrate(prism, "mend", "any")).toBe("");
    expect(await migrate(prism, "deploy", "ai_feedback")).toMatch(/\+ ai_feedback \.+ ok/);
  });
});

test("an edited applied change is refused by its name, whichever change is due", async () => {
  const prism = await upToMlModels.clone("edited");
  await appendFile(join(prism.project, "deploy", "invoice_validations.sql"), "-- edited\n");
  const output = await failureOf(migrate(prism, "deploy", "user_insights"));
  expect(output).toContain(
    "refused: the change invoice_validations is applied already, and its deploy script is not the one that was applied.",
  );
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
});

test("a project that lacks an applied change is refused, with its name and the way out", async () => {
  const prism = await upToMlModels.clone("older");
  await rm(join(prism.project, "deploy", "ml_models.sql"));
  const output = await failureOf(migrate(prism, "deploy", "ai_feedback"));
  expect(output).toContain(
    "refused: the change ml_models is applied, and the project has none of that name: it is older than the database.",
  );
  expect(output).toContain(
    "run up with a project that has it. There schema.target takes it back, if it is not wanted.",
  );
});

test("going back reverts above the target in reverse order, and is idempotent", async () => {
  const prism = await upToMlModels.clone("back");
  const output = await migrate(prism, "revert", "invoice_validations");
  expect(output.indexOf("- ml_models")).toBeLessThan(output.indexOf("- business_classification_patterns"));
  expect(await prism.deployed()).toEqual(changes.slice(0, 2));
  await migrate(prism, "revert", "invoice_validations");
  expect(await prism.deployed()).toEqual(changes.slice(0, 2));
});

test("a record that cannot be read is an error, and never passes for nothing to revert", async () => {
  const prism = await upToMlModels.clone("unreadable");
  await prism.query("ALTER TABLE sqitch.changes RENAME COLUMN project TO belongs_to");
  expect(await failureOf(migrate(prism, "revert", "ai_feedback"))).toContain('column "project" does not exist');
});

test("a target that was never applied has nothing to revert", async () => {
  const prism = await upToMlModels.clone("never");
  expect(await migrate(prism, "revert", "user_insights")).toBe("user_insights is not applied: nothing to revert\n");
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
});

describe("the check before anything is changed", () => {
  test("finds no fault in what was deployed, or in a database without any change", async () => {
    const applied = changes.slice(0, 4).map((change) => `${change} is applied already\n`);
    expect(await migrate(upToMlModels, "check", "any")).toBe(applied.join(""));
    expect(await migrate(empty, "check", "any")).toBe("");
  });

  const byHand = (change: string) => [
    `the change ${change} is recorded as applied, and its verification fails: somebody changed the schema by hand.`,
    "What to do: put back what the message above names, then run up again.",
  ];

  test.each([
    ["index", "DROP INDEX public.idx_ai_feedback_business", "index idx_ai_feedback_business is missing on ai_feedback"],
    [
      "right of the application",
      "REVOKE INSERT ON public.ai_feedback FROM service_role",
      'service_role may do "SELECT, UPDATE, DELETE" on ai_feedback, expected "SELECT, INSERT, UPDATE, DELETE"',
    ],
  ])(
    "finds that somebody took its %s away, also of a change before those that are due",
    async (what, sql, complaint) => {
      const prism = await upToMlModels.clone(`without_${what.split(" ")[0]}`);
      await prism.query(sql);
      const output = await failureOf(migrate(prism, "check", "user_insights"));
      expect(output).toMatch(new RegExp(`ERROR: {2}${complaint}\n`));
      for (const line of byHand("ai_feedback")) expect(output).toContain(`${line}\n`);
    },
  );

  test("leaves out what is about to be taken back: it may be what is wrong", async () => {
    const prism = await upToMlModels.clone("broken_at_the_end");
    await prism.query("ALTER TABLE public.ml_models DISABLE ROW LEVEL SECURITY");
    const kept = changes.slice(0, 2);
    expect(await migrate(prism, "check", kept[1]!)).toBe(
      kept.map((change) => `${change} is applied already\n`).join(""),
    );
    expect(await migrate(prism, "check", "none")).toBe("");
    expect(await failureOf(migrate(prism, "check", "any"))).toContain(byHand("ml_models")[0]);
  });

  test("refuses a database that has a change which the project lacks", async () => {
    const prism = await upToMlModels.clone("later");
    await rm(join(prism.project, "deploy", "ml_models.sql"));
    for (const target of ["any", "ai_feedback", "none"])
      expect(await failureOf(migrate(prism, "check", target))).toContain(
        "refused: the change ml_models is applied, and the project has none of that name: it is older than the database.\n",
      );
  });
});

test("restored changes are verified, also those that the project lacks", async () => {
  const prism = await upToMlModels.clone("restored");
  for (const kind of ["deploy", "verify", "revert"]) await rm(join(prism.project, kind, "ml_models.sql"));
  const output = await migrate(prism, "verify", "any");
  expect(output).toMatch(/^verified business_classification_patterns\n/m);
  expect(output).toMatch(/^not verified: ml_models, which is applied, and which the project does not have\n/m);
  expect(output).toMatch(/^verified 3 of the 4 changes that are applied\n/m);
});

test("a check waits for a database that restarts, and its patience has an end", async () => {
  const prism = await upToMlModels.clone("restarting");
  const patiently = resolve(script, "../patiently.sh");
  const check = (environment: Record<string, string>) =>
    run("sh", [patiently, "sh", script, "check", "prism", "any"], {
      env: { ...postgres.environment(prism.owner), RUNSHEET_PROJECT: prism.project, ...environment },
    });
  expect(await check({})).toContain("ml_models is applied already");
  const began = Date.now();
  expect(await failureOf(check({ PGPORT: "1", RUNSHEET_PATIENCE: "3" }))).toContain("the database cannot be reached: ");
  // The script counts whole seconds, of which the first may have been nearly over.
  expect(Date.now() - began).toBeGreaterThan(2000);
  await prism.query("ALTER TABLE public.ml_models DISABLE ROW LEVEL SECURITY");
  expect(await failureOf(check({}))).toContain("somebody changed the schema by hand");
});

test("a database that cannot be reached is an error that says so", async () => {
  const output = await failureOf(
    migrate(upToMlModels, "deploy", "user_insights", { PGHOST: "127.0.0.1", PGPORT: "1" }),
  );
  expect(output).toContain("the database cannot be reached: ");
  expect(output).toContain("Connection refused");
});
