/** Files that cannot run in a transaction: statement by statement, and on from where an interrupted run ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
});
afterAll(() => postgres?.stop());

const table = { "1_t.sql": "CREATE TABLE t (n int);\nINSERT INTO t VALUES (1), (1);\n" };
const start = async (name: string, files: Readonly<Record<string, string>>): Promise<SqlDatabase> => {
  const database = await SqlDatabase.create(postgres, name, { ...table, ...files });
  await database.migrate("deploy", "1_t");
  return database;
};
const concurrently = "ALTER TABLE t ADD x int;\nCREATE INDEX CONCURRENTLY t_n ON t (n);\nALTER TABLE t ADD y int;\n";
const validity = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('t_n')";
const unfinished = "SELECT change FROM runsheet.unfinished";

test("an index is built concurrently, and the change recorded after it", async () => {
  const database = await start("built", { "2_i.sql": concurrently });
  expect(await database.migrate("deploy", "2_i")).toBe("applying 2_i\n");
  expect(await database.column(validity)).toEqual([true]);
  expect(await database.column(unfinished)).toEqual([]);
  expect(await database.migrate("applied")).toBe("1_t\n2_i\n");
});

test("a settings statement is for the whole file, and each run of it", async () => {
  const database = await start("settings", {
    "2_i.sql": `SET lock_timeout = '7s';\n${concurrently}CREATE TABLE s AS SELECT current_setting('lock_timeout') AS s;`,
  });
  await database.migrate("deploy", "2_i");
  expect(await database.column("SELECT s FROM s")).toEqual(["7s"]);
});

/** Ends the backend of a run while it waits for a transaction that keeps the index from being built. */
async function killedAtTheIndex(database: SqlDatabase): Promise<void> {
  const blocking = new Client({ host: postgres.directory, user: "team", database: database.name });
  await blocking.connect();
  try {
    await blocking.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
    const run = database.refused("deploy", "2_i");
    const waiting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query ~ '^CREATE INDEX CONCURRENTLY' AND wait_event_type = 'Lock' AND datname = '${database.name}'`;
    while ((await postgres.query(asSuperuser(), waiting)).length === 0) await sleep(50);
    expect(await run).toContain(
      "the change 2_i failed. It cannot run in a transaction: what it did before the message above stays, and the next run\n" +
        "goes on after that.",
    );
    await blocking.query("ROLLBACK");
  } finally {
    await blocking.end();
  }
}

test("a run that was killed in the build is resumed: the index is built again", async () => {
  const database = await start("killed", { "2_i.sql": concurrently });
  await killedAtTheIndex(database);
  expect(await database.column(validity)).toEqual([false]);
  expect(await database.migrate("check")).toBe("1_t is applied already\n2_i will be applied\n");
  await database.migrate("deploy", "2_i");
  expect(await database.column(validity)).toEqual([true]);
  expect(
    await database.column("SELECT attname::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"),
  ).toEqual(["n", "x", "y"]);
});

test("a run that was killed after the build takes the index as built", async () => {
  const database = await start("killed_late", { "2_i.sql": concurrently });
  await killedAtTheIndex(database);
  await database.query("DROP INDEX t_n");
  await database.query("CREATE INDEX t_n ON t (n)");
  await database.migrate("deploy", "2_i");
  expect(await database.migrate("applied")).toBe("1_t\n2_i\n");
});

test("an index that was there before is no part of an interrupted run", async () => {
  const database = await start("there", { "2_i.sql": concurrently });
  await database.query("CREATE INDEX t_n ON t (n)");
  expect(await database.refused("deploy", "2_i")).toContain('relation "t_n" already exists');
});

test("a file that was mended after a failure goes on if it begins with what is done", async () => {
  const file = (end: string) => `ALTER TABLE t ADD x int;\nVACUUM t;\n${end}`;
  const database = await start("mended", { "2_v.sql": file("ALTER TABLE t ADD n int;\n") });
  expect(await database.refused("deploy", "2_v")).toContain('column "n" of relation "t" already exists');
  database.write({ "2_v.sql": `SELECT 1;\n${file("")}` });
  const refusal = await database.refused("deploy", "2_v");
  expect(refusal).toMatch(
    /ERROR: {2}an earlier run of 2_v began at .* and did part of it, and the file does not begin with that part any more\n/,
  );
  expect(refusal).toContain("HINT:  Put that part back. Or undo it by hand, and DELETE FROM runsheet.unfinished.");
  database.write({ "2_v.sql": file("ALTER TABLE t ADD m int;\n") });
  await database.migrate("deploy", "2_v");
  expect(await database.column("SELECT m FROM t")).toEqual([null, null]);
});

test("a statement beside a concurrent build waits for a lock for 5 s at most", async () => {
  const limit = "SELECT current_setting('lock_timeout') AS s";
  const database = await start("patience", {
    "2_i.sql": `CREATE TABLE a AS ${limit};\n${concurrently}BEGIN;\nCREATE TABLE b AS ${limit};\nCOMMIT;\n`,
  });
  await database.migrate("deploy", "2_i");
  expect(await database.column("SELECT s FROM a UNION ALL SELECT s FROM b")).toEqual(["5s", "5s"]);
});

test("transactions of the file's own are kept", async () => {
  const database = await start("own", {
    "2_own.sql": "BEGIN;\nALTER TABLE t ADD x int;\nCOMMIT;\nBEGIN;\nALTER TABLE t ADD y int;\nSELECT 1/0;\nCOMMIT;\n",
  });
  await database.refused("deploy", "2_own");
  expect(
    await database.column("SELECT attname::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"),
  ).toEqual(["n", "x"]);
});

test("a value that is added to a type can be used in the same file", async () => {
  const database = await start("enum", {
    "2_e.sql": "CREATE TYPE e AS ENUM ('a');\nALTER TYPE e ADD VALUE 'b';\nCREATE TABLE u (e e DEFAULT 'b');\n",
  });
  await database.migrate("deploy", "2_e");
  expect(await database.migrate("applied")).toBe("1_t\n2_e\n");
});

test("a unique index whose rows break it is refused with the command that removes it", async () => {
  const database = await start("unique_index", { "2_u.sql": "CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);\n" });
  expect(await database.refused("deploy", "2_u")).toContain('could not create unique index "t_n"');
  database.write({ "2_u.sql": "CREATE TABLE other ();" });
  expect(await database.refused("check")).toContain(
    "ERROR:  the index t_n is invalid: its build failed or was interrupted\n" +
      "HINT:  DROP INDEX CONCURRENTLY t_n; or repair its rows and REINDEX INDEX CONCURRENTLY t_n; then run up again.\n",
  );
});

test("two runs at the same time apply a change once", async () => {
  const database = await start("twice", { "2_s.sql": "SELECT pg_sleep(1);\nCREATE TABLE once ();\n" });
  await Promise.all([database.migrate("deploy", "2_s"), database.migrate("deploy", "2_s")]);
  expect(await database.column("SELECT count(*) FROM runsheet.migrations")).toEqual(["2"]);
});
