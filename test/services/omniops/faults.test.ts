/** Faults during migrations: each leaves the database unchanged, or ready to resume. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, omniopsSystem, smokeTest, tables } from "./omniops";
import { addOwner, addRowsEverywhere } from "./rows";

jest.setTimeout(120_000);

const nobody = "00000000-0000-4000-8000-00000000dead";
let postgres: ThrowAwayPostgres;
let baseline: SystemDatabase;
let upToTables: SystemDatabase;

startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  baseline = created;
  upToTables = await baseline.clone("up_to_tables");
  await upToTables.sqitch("deploy", "--verify", "--to", "conversation_insights");
});

/** Foreign keys of Phase 4, each with its validation state. */
const foreignKeys = (omniops: SystemDatabase) =>
  omniops.query<{ name: string; valid: boolean }>(
    "SELECT conname AS name, convalidated AS valid FROM pg_constraint WHERE conname LIKE 'fk\\_%' ORDER BY oid",
  );

test("killed after a change's commit, before Sqitch recorded it, it resumes", async () => {
  const omniops = await baseline.clone("killed_after_commit");
  const owner = await addOwner(omniops, "thompson-engineering");
  for (const change of changes)
    await postgres.psql(omniops.owner, ["--file", `${omniops.project}/deploy/${change}.sql`]);
  await addRowsEverywhere(omniops, owner);
  await omniops.sqitch("deploy", "--verify");
  expect(await omniops.deployed()).toEqual(changes);
});

test.each(tables)("a table %s that another made is refused, and kept with its rows", async (table) => {
  const omniops = await baseline.clone(`foreign_${table}`);
  await omniops.query(`CREATE TABLE public.${table} AS SELECT 'mine' AS note`);
  expect(await failureOf(omniops.sqitch("deploy", "--verify"))).toContain(
    `ERROR:  table ${table} exists already and was not made by this migration: rename or remove it, then run again`,
  );
  expect(await omniops.query(`SELECT * FROM public.${table}`)).toEqual([{ note: "mine" }]);
});

test("foreign keys to a busy table get their lock on a later try", async () => {
  const omniops = await upToTables.clone("busy");
  const env = { ...postgres.environment(omniops.owner), RUNSHEET_PROJECT: omniops.project };
  await postgres.connected(omniops.owner, async (writer) => {
    await writer.query("BEGIN; LOCK TABLE public.conversations IN ROW EXCLUSIVE MODE");
    const args = ["components/migrations/in-pod/migrate.sh", "deploy", "omniops", "phase4_foreign_keys"];
    const deployment = run("sh", args, { env });
    // Longer than the lock timeout of the change, which is 2 s.
    await sleep(3_000);
    await writer.query("COMMIT");
    expect(await deployment).toMatch(/\+ phase4_foreign_keys \.+ ok/);
  });
  expect(await foreignKeys(omniops)).toHaveLength(12);
});

describe("rows that refer to nothing", () => {
  test("pass when the keys are added, and fail their validation, which names them", async () => {
    const omniops = await upToTables.clone("orphans");
    await omniops.query("INSERT INTO public.sentiment_analysis (conversation_id, message_id) VALUES ($1, $2)", [
      smokeTest.conversation,
      nobody,
    ]);
    const [orphan] = await omniops.query<{ id: string }>("SELECT id FROM public.sentiment_analysis");

    const output = await failureOf(omniops.sqitch("deploy", "--verify"));
    expect(output).toContain(
      "ERROR:  fk_sentiment_message of sentiment_analysis: 1 of its rows have a message_id that is not in messages, " +
        `for example the rows with the id ${orphan!.id}`,
    );
    const clean = /HINT: {2}Look at them, and remove them: (DELETE .*); then run again/.exec(output)?.[1];
    expect(await omniops.deployed()).toEqual(changes.slice(0, 8));
    expect((await foreignKeys(omniops)).filter(({ valid }) => valid)).toEqual([]);

    await omniops.query(clean!);
    await omniops.sqitch("deploy", "--verify");
    expect(await omniops.deployed()).toEqual(changes);
    expect((await foreignKeys(omniops)).map(({ valid }) => valid)).toEqual(Array(12).fill(true));
  });

  test("in one table keep nothing of what was validated before from being so", async () => {
    const omniops = await upToTables.clone("orphans_later");
    await omniops.query(
      "INSERT INTO public.conversation_categories (conversation_id, category, model) VALUES ($1, 'billing', 'test')",
      [nobody],
    );
    expect(await failureOf(omniops.sqitch("deploy", "--verify"))).toContain("ERROR:  fk_category_conversation of");
    expect((await foreignKeys(omniops)).filter(({ valid }) => valid).map(({ name }) => name)).toEqual([
      "fk_sentiment_message",
      "fk_sentiment_conversation",
      "fk_suggestion_message",
      "fk_suggestion_conversation",
    ]);
  });

  test("are refused from the moment the foreign keys are there", async () => {
    const omniops = await upToTables.clone("new_orphans");
    await omniops.sqitch("deploy", "--verify", "--to", "phase4_foreign_keys");
    await expect(
      omniops.query("INSERT INTO public.sentiment_analysis (conversation_id, message_id) VALUES ($1, $2)", [
        smokeTest.conversation,
        nobody,
      ]),
    ).rejects.toMatchObject({ constraint: "fk_sentiment_message" });
  });
});

test("messages in use trigger the lock timeout; the next run adds what is left", async () => {
  const omniops = await upToTables.clone("locked");
  const owner = await addOwner(omniops, "thompson-engineering");
  const write = "UPDATE public.messages SET content = content WHERE id = $1";
  await postgres.connected(omniops.superuser, async (client) => {
    // Like a long transaction that has updated a message.
    await client.query("BEGIN");
    await client.query(write, [owner.message]);
    const deployment = failureOf(omniops.sqitch("deploy", "--verify"));
    await postgres.connected(omniops.superuser, async (observer) => {
      const waiting = `SELECT FROM pg_locks WHERE relation = 'public.messages'::regclass AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      while ((await observer.query(waiting)).rowCount === 0) await sleep(20);
      const start = Date.now();
      await observer.query(
        "INSERT INTO public.messages (conversation_id, role, content) VALUES ($1, 'customer', 'Still here')",
        [owner.conversation],
      );
      // Later writes wait no longer than the migration's lock timeout.
      expect(Date.now() - start).toBeLessThan(2_500);
    });
    expect(await deployment).toContain("ERROR:  canceling statement due to lock timeout");
    await client.query("ROLLBACK");
  });
  expect(await omniops.deployed()).toEqual(changes.slice(0, 7));
  expect(await foreignKeys(omniops)).toEqual([]);

  await omniops.sqitch("deploy", "--verify");
  expect(await omniops.deployed()).toEqual(changes);
});

test("a run that was ended among the foreign keys is continued", async () => {
  const omniops = await upToTables.clone("half");
  await omniops.query(
    `ALTER TABLE public.sentiment_analysis ADD CONSTRAINT fk_sentiment_message
     FOREIGN KEY (message_id) REFERENCES public.messages (id) ON DELETE CASCADE NOT VALID`,
  );
  await omniops.sqitch("deploy", "--verify");
  expect(await foreignKeys(omniops)).toHaveLength(12);
});

test("validation blocks nobody who writes messages", async () => {
  const omniops = await upToTables.clone("validating");
  await omniops.sqitch("deploy", "--verify", "--to", "phase4_foreign_keys");
  const owner = await addOwner(omniops, "thompson-engineering");
  await postgres.connected(omniops.superuser, async (client) => {
    await client.query("BEGIN");
    await client.query("UPDATE public.messages SET content = content WHERE id = $1", [owner.message]);
    await omniops.sqitch("deploy", "--verify");
    await client.query("COMMIT");
  });
  expect(await omniops.deployed()).toEqual(changes);
});

test("a missing extension is an error that says so, and leaves the changes before it", async () => {
  const omniops = await baseline.clone("no_vector");
  await postgres.psql(omniops.superuser, ["--command", "DROP EXTENSION vector"]);
  expect(await failureOf(omniops.sqitch("deploy", "--verify"))).toContain('ERROR:  type "vector" does not exist');
  expect(await omniops.deployed()).toEqual(changes.slice(0, 6));
});

test("extensions in a schema of their own, as Supabase has them, do as well", async () => {
  const omniops = await baseline.clone("extensions_schema");
  await postgres.psql(omniops.superuser, [
    ...["--command", "CREATE SCHEMA extensions", "--command", "GRANT USAGE ON SCHEMA extensions TO PUBLIC"],
    ...["--command", "ALTER EXTENSION vector SET SCHEMA extensions"],
    ...["--command", "ALTER EXTENSION pg_trgm SET SCHEMA extensions"],
    ...["--command", `ALTER DATABASE ${omniops.database} SET search_path = "$user", public, extensions`],
  ]);
  await omniops.sqitch("deploy", "--verify");
  expect(await omniops.deployed()).toEqual(changes);
});

test("each deploy script can be run on its own result, without a word", async () => {
  const omniops = await upToTables.clone("twice");
  await omniops.sqitch("deploy", "--verify");
  for (const change of changes) {
    expect(await postgres.psql(omniops.owner, ["--file", join(omniops.project, "deploy", `${change}.sql`)])).toBe("");
  }
  expect(await omniops.sqitch("verify")).toContain("Verify successful");
});
