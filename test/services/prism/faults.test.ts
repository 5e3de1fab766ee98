/** Faults during migrations: each leaves the database unchanged, or ready to resume. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { addFeedback, changes, feedback, prismSystem, tables } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;
let upToMlModels: SystemDatabase;

startSystem(prismSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  upToMlModels = await empty.clone("up_to_ml_models");
  await upToMlModels.sqitch("deploy", "--verify", "--to", "ml_models");
});

/** Replaces text in a script of the test's copy of the project. */
async function edit(prism: SystemDatabase, script: string, from: string, to: string): Promise<void> {
  const path = join(prism.project, script);
  const text = await readFile(path, "utf8");
  if (!text.includes(from)) throw new Error(`${script} does not contain "${from}"`);
  await writeFile(path, text.replace(from, to));
}

test("an SQL error stops the deployment, leaves nothing half applied, and is resumable", async () => {
  const prism = await upToMlModels.clone("sql_error");
  await edit(prism, "deploy/user_insights.sql", "ALTER TABLE", "SELECT wrong FROM public.user_insights;\nALTER TABLE");

  const output = await failureOf(prism.sqitch("deploy", "--verify"));
  expect(output).toMatch(/deploy\/user_insights\.sql:\d+: ERROR: {2}column "wrong" does not exist/);
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
  expect(await prism.existingTables()).toEqual(tables.slice(0, 4));

  await edit(prism, "deploy/user_insights.sql", "SELECT wrong FROM public.user_insights;\n", "");
  await prism.sqitch("deploy", "--verify");
  expect(await prism.deployed()).toEqual(changes);
});

test("a verify script that fails takes its change back and leaves those before it", async () => {
  const prism = await upToMlModels.clone("verify_fails");
  await edit(
    prism,
    "deploy/user_insights.sql",
    "CREATE INDEX IF NOT EXISTS idx_user_insights_unread",
    "-- CREATE INDEX",
  );
  await edit(prism, "deploy/user_insights.sql", " WHERE read_at IS NULL;", "");

  const output = await failureOf(prism.sqitch("deploy", "--verify"));
  expect(output).toContain("ERROR:  index idx_user_insights_unread is missing on user_insights");
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
  expect(await prism.existingTables()).toEqual(tables.slice(0, 4));
});

test("sqitch check finds an applied script that was edited", async () => {
  const prism = await upToMlModels.clone("edited");
  await edit(prism, "deploy/invoice_validations.sql", "numeric(4, 3)", "numeric(5, 3)");

  expect(await failureOf(prism.sqitch("check"))).toContain("Script signatures diverge at change invoice_validations");
});

test("a migration killed after its commit, before Sqitch recorded it, resumes", async () => {
  const prism = await upToMlModels.clone("killed_after_commit");
  await postgres.psql(prism.owner, ["--file", join(prism.project, "deploy/user_tax_profiles.sql")]);
  await postgres.psql(prism.owner, ["--file", join(prism.project, "deploy/user_insights.sql")]);
  await postgres.psql(prism.owner, ["--file", join(prism.project, "deploy/feedback_training_index.sql")]);

  await prism.sqitch("deploy", "--verify");

  expect(await prism.deployed()).toEqual(changes);
});

test("a table of the same name that another made is refused, and kept with its rows", async () => {
  const prism = await upToMlModels.clone("foreign_table");
  await prism.query("CREATE TABLE public.user_insights (note text)");
  await prism.query("INSERT INTO public.user_insights VALUES ('mine')");

  expect(await failureOf(prism.sqitch("deploy", "--verify"))).toContain(
    "ERROR:  table user_insights exists already and was not made by this migration: rename or remove it, then run again",
  );
  expect(await prism.query("SELECT * FROM public.user_insights")).toEqual([{ note: "mine" }]);
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
});

test.each([
  ["function", "CREATE FUNCTION public.user_tax_profiles_updated_at() RETURNS int LANGUAGE sql RETURN 1"],
  [
    "trigger",
    `CREATE FUNCTION public.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER user_tax_profiles_updated_at BEFORE UPDATE ON public.user_tax_profiles
       FOR EACH ROW EXECUTE FUNCTION public.theirs()`,
  ],
])("a %s of the name of ours is refused, and stays when going back", async (kind, create) => {
  const prism = await upToMlModels.clone(`foreign_${kind}`);
  await prism.sqitch("deploy", "--verify", "--to", "feedback_training_index");
  await prism.query(create);
  expect(await failureOf(prism.sqitch("deploy", "--verify"))).toMatch(
    /ERROR: {2}(function user_tax_profiles_updated_at\(\)|trigger user_tax_profiles_updated_at of user_tax_profiles) exists already and was not made by this migration/,
  );
  if (kind === "trigger") return;
  await prism.sqitch("revert", "-y");
  expect(await prism.query("SELECT public.user_tax_profiles_updated_at() AS theirs")).toEqual([{ theirs: 1 }]);
});

test("a different ai_feedback that is there already is an error, and keeps its rows", async () => {
  const prism = await upToMlModels.clone("different_feedback");
  await addFeedback(prism, 3);
  const before = await feedback(prism);
  await prism.sqitch("revert", "-y");
  await prism.query("ALTER TABLE public.ai_feedback ALTER model_version TYPE varchar(20)");

  expect(await failureOf(prism.sqitch("deploy", "--verify"))).toContain(
    'ERROR:  columns of ai_feedback differ: expected "model_version text"; it has "id uuid not null',
  );
  expect(await prism.deployed()).toEqual([]);
  expect(await feedback(prism)).toEqual(before);
});

test("a table in use triggers the change's lock timeout instead of blocking others", async () => {
  const prism = await upToMlModels.clone("locked");
  await postgres.connected(prism.superuser, async (client) => {
    await client.query("BEGIN; LOCK TABLE auth.users IN ACCESS EXCLUSIVE MODE");
    expect(await failureOf(prism.sqitch("deploy", "--verify"))).toContain(
      "ERROR:  canceling statement due to lock timeout",
    );
    await client.query("ROLLBACK");
  });
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
  expect(await prism.existingTables()).toEqual(tables.slice(0, 4));

  await prism.sqitch("deploy", "--verify");
  expect(await prism.deployed()).toEqual(changes);
});

test("what Supabase grants on every new table does not reach PRISM's", async () => {
  const prism = await empty.clone("supabase_grants");
  await prism.query(
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role",
  );

  await prism.sqitch("deploy", "--verify");

  const may = "SELECT has_table_privilege('anon', 'public.user_insights', 'SELECT') AS may";
  expect(await prism.query(may)).toEqual([{ may: false }]);
});

describe("the concurrent index", () => {
  const isValid = async (prism: SystemDatabase): Promise<unknown[]> =>
    prism.query(
      "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('public.idx_feedback_training')",
    );

  test("one left INVALID by a build that failed is repaired", async () => {
    const prism = await upToMlModels.clone("failed_build");
    await addFeedback(prism, 2);
    const duplicates = "CREATE UNIQUE INDEX CONCURRENTLY idx_feedback_training ON public.ai_feedback (user_id)";
    await expect(prism.query(duplicates)).rejects.toThrow('could not create unique index "idx_feedback_training"');
    expect(await isValid(prism)).toEqual([{ valid: false }]);

    await prism.sqitch("deploy", "--verify");

    expect(await isValid(prism)).toEqual([{ valid: true }]);
    expect(await prism.deployed()).toEqual(changes);
  });

  test("one left INVALID by a deployment killed while building is repaired by the next", async () => {
    const prism = await upToMlModels.clone("killed_build");
    await addFeedback(prism, 2);
    await postgres.connected(prism.superuser, async (client) => {
      // CREATE INDEX CONCURRENTLY waits for this transaction, and is killed meanwhile.
      await client.query("BEGIN; UPDATE public.ai_feedback SET model_version = '1.0.0'");
      const deployment = failureOf(prism.sqitch("deploy", "--verify"));
      await postgres.connected(prism.superuser, async (observer) => {
        const kill = `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
        while ((await observer.query(kill)).rowCount === 0) await sleep(50);
      });
      expect(await deployment).toContain("terminating connection due to administrator command");
      await client.query("ROLLBACK");
    });
    expect(await isValid(prism)).toEqual([{ valid: false }]);
    expect(await prism.deployed()).toEqual(changes.slice(0, 6));

    await prism.sqitch("deploy", "--verify");

    expect(await isValid(prism)).toEqual([{ valid: true }]);
    expect(await prism.deployed()).toEqual(changes);
  });

  test("one of that name on other columns is an error that says so", async () => {
    const prism = await upToMlModels.clone("other_columns");
    await prism.query("CREATE INDEX idx_feedback_training ON public.ai_feedback (created_at)");

    expect(await failureOf(prism.sqitch("deploy", "--verify"))).toContain(
      'ERROR:  index idx_feedback_training on ai_feedback is "USING btree (created_at)", expected "USING btree (used_in_training, created_at)"',
    );
  });
});
