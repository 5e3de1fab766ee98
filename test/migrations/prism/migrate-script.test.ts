/** The script that the migration tasks run, on a real PostgreSQL: what it says, and what it leaves. */
import { appendFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import { ThrowAwayPostgres } from "../postgres";
import { changes, prismSystem } from "./prism";
import { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

const script = resolve(__dirname, "../../../components/migrations/migrate.sh");
let postgres: ThrowAwayPostgres;
let upToMlModels: SystemDatabase;

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  const empty = await SystemDatabase.create(postgres, prismSystem, "before_phase_5");
  upToMlModels = await empty.clone("up_to_ml_models");
  for (const change of changes.slice(0, 4)) await migrate(upToMlModels, "deploy", change);
});
afterAll(() => postgres?.stop());

const migrate = (
  prism: SystemDatabase,
  mode: "deploy" | "revert",
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

test("an applied change whose table somebody changed by hand is an error that names what is missing", async () => {
  const prism = await upToMlModels.clone("by_hand");
  await prism.query("ALTER TABLE public.ml_models DISABLE ROW LEVEL SECURITY");
  const output = await failureOf(migrate(prism, "deploy", "ml_models"));
  expect(output).toContain("row security");
  expect(output).toContain(
    "the change ml_models is recorded as applied, and its verification fails: somebody changed the schema by hand.",
  );
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

test("a project that lacks an applied change is refused, with the change's name and the way out", async () => {
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

test("going back reverts above the target in reverse order, and twice is as good as once", async () => {
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

test("a database that cannot be reached is an error that says so", async () => {
  const output = await failureOf(
    migrate(upToMlModels, "deploy", "user_insights", { PGHOST: "127.0.0.1", PGPORT: "1" }),
  );
  expect(output).toContain("the database cannot be reached: ");
  expect(output).toContain("Connection refused");
});
