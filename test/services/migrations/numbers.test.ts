/** Migrations of plain numbers on a real PostgreSQL: what the migrations of every tool have in common. */
import { setTimeout as sleep } from "node:timers/promises";
import { ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
});
afterAll(() => postgres?.stop());

const first = { "001_users.sql": "CREATE TABLE users (id int PRIMARY KEY, name text);\n" };
const second = { "2-emails.sql": "ALTER TABLE users ADD email text;\n" };
const start = (name: string, files: Readonly<Record<string, string>>) => SqlDatabase.create(postgres, name, files);

async function deployed(name: string, files: Readonly<Record<string, string>>): Promise<SqlDatabase> {
  const database = await start(name, files);
  await database.migrate("deploy-together", "any");
  return database;
}

test("new files are applied in the order of their numbers, each with its record", async () => {
  const database = await start("in_order", { ...first, ...second, "10_last.sql": "CREATE TABLE last ();" });
  expect(await database.migrate("check")).toBe(
    "001_users will be applied\n2-emails will be applied\n10_last will be applied\n",
  );
  expect(await database.migrate("deploy", "001_users")).toBe("applying 001_users\n");
  for (const change of ["2-emails", "10_last"]) await database.migrate("deploy", change);
  expect(await database.query("SELECT number, name, applied_by FROM runsheet.migrations ORDER BY number")).toEqual([
    { number: "1", name: "001_users", applied_by: "team" },
    { number: "2", name: "2-emails", applied_by: "team" },
    { number: "10", name: "10_last", applied_by: "team" },
  ]);
  expect(await database.migrate("deploy", "2-emails")).toBe("2-emails is applied already\n");
  expect(await database.migrate("applied")).toBe("001_users\n2-emails\n10_last\n");
});

test("after a restore one task verifies what is applied, and applies the rest in order", async () => {
  const database = await start("all_at_once", { ...first, ...second, "10_last.sql": "CREATE TABLE last ();" });
  await database.migrate("deploy", "001_users");
  expect(await database.migrate("deploy-all", "10_last")).toBe(
    "001_users is applied already\napplying 2-emails\napplying 10_last\n",
  );
  expect(await database.migrate("applied")).toBe("001_users\n2-emails\n10_last\n");
});

test("an applied file that was edited is refused, whichever change is due", async () => {
  const database = await deployed("edited", { ...first });
  database.write({ "001_users.sql": "CREATE TABLE users ();\n", ...second });
  for (const mode of ["check", "deploy", "revert"] as const)
    expect(await database.refused(mode, "2-emails")).toBe(
      "refused: the change 001_users is applied already, and its file is not the one that was applied.\n" +
        "What to do: take the edit back, and put what is to be different into a new file.\n",
    );
});

test("an applied file that is gone is refused", async () => {
  const database = await deployed("gone", { ...first, ...second });
  database.remove("2-emails.sql");
  expect(await database.refused("check")).toBe(
    "refused: runsheet.migrations says that 2-emails is applied, and there is no file of it: the files are older than the database.\n" +
      "What to do: run up with files that have it.\n",
  );
});

test("a file before applied ones is refused", async () => {
  const database = await deployed("late", { ...first, "3_third.sql": "CREATE TABLE third ();" });
  database.write(second);
  expect(await database.refused("check")).toBe(
    "refused: the change 2-emails is not applied, and 3_third, which comes after it, is.\n" +
      "What to do: give it a name that comes after.\n",
  );
});

test("a file that fails leaves nothing, and the repaired one is applied", async () => {
  const database = await start("failing", { "1_a.sql": "CREATE TABLE a ();\nCREATE TABLE b ();\n\nSELECT 1 / 0;\n" });
  const output = await database.refused("deploy", "1_a");
  expect(output).toMatch(/change\.1-a\.sql:4: ERROR: {2}division by zero\n/);
  expect(output).toContain(
    "the change 1_a failed, and nothing of it was applied.\nWhat to do: mend what the message above names, then run up again.\n",
  );
  expect(await database.column("SELECT to_regclass('a')")).toEqual([null]);
  database.write({ "1_a.sql": "CREATE TABLE a ();" });
  await database.migrate("deploy", "1_a");
  expect(await database.migrate("applied")).toBe("1_a\n");
});

test("a file has our timeouts, and its own take precedence", async () => {
  const settings = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement";
  const database = await start("timeouts", {
    "1_ours.sql": `CREATE TABLE ours AS ${settings};`,
    "2_own.sql": `SET LOCAL lock_timeout = '2s'; CREATE TABLE own AS ${settings};`,
  });
  await database.migrate("deploy", "1_ours");
  await database.migrate("deploy", "2_own");
  expect(await database.query("SELECT * FROM ours UNION ALL SELECT * FROM own")).toEqual([
    { lock: "5s", statement: "1h" },
    { lock: "2s", statement: "1h" },
  ]);
});

test("a busy table is tried again", async () => {
  const database = await start("busy", {
    "1_a.sql": "CREATE TABLE a (n int);",
    "2_b.sql": "SET LOCAL lock_timeout = '100ms'; INSERT INTO a VALUES (1); ALTER TABLE a ADD m int;",
  });
  await database.migrate("deploy", "1_a");
  await postgres.connected({ user: "team", database: "busy" }, async (client) => {
    await client.query("BEGIN; SELECT FROM a");
    const deployment = database.migrate("deploy", "2_b");
    await sleep(1_500);
    await client.query("COMMIT");
    await deployment;
  });
  expect(await database.query("SELECT * FROM a")).toEqual([{ n: 1, m: null }]);
  expect(await database.migrate("applied")).toBe("1_a\n2_b\n");
});

test("a file may have a role and a search path of its own, and data for COPY", async () => {
  const database = await start("session", {
    "1_a.sql":
      "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (t text, u text);\n" +
      "COPY public.a (t, u) FROM stdin;\na\\tb;\t'\n\\.\nSELECT 1;\n",
  });
  await database.migrate("deploy", "1_a");
  expect(await database.query("SELECT * FROM a")).toEqual([{ t: "a\tb;", u: "'" }]);
});

test("all files are one transaction together, or none of them is applied", async () => {
  const database = await start("together", { ...first, ...second, "3_bad.sql": "SELECT 1 / 0;" });
  expect(await database.refused("deploy-together", "any")).toContain(
    "the changes are deployed in one transaction, which failed: nothing of it was applied.",
  );
  expect(await database.column("SELECT to_regclass('users')")).toEqual([null]);
  database.write({ "3_bad.sql": "SELECT 1;" });
  expect(await database.migrate("deploy-together", "any")).toBe(
    "applying 001_users\napplying 2-emails\napplying 3_bad\n",
  );
  expect(await database.migrate("deploy-together", "any")).toBe(
    "001_users is applied already\n2-emails is applied already\n3_bad is applied already\n",
  );
});

test("nothing goes back without an undo file", async () => {
  const database = await deployed("back", { ...first, ...second });
  const refusal =
    "refused: the change 2-emails is applied, which is above schema.target 001_users, and no file takes it back.\n" +
    "What to do: set schema.target to it or to a later one, or restore a dump from before it.\n";
  expect(await database.refused("check", "001_users")).toBe(refusal);
  expect(await database.refused("revert", "001_users")).toBe(refusal);
  expect(await database.migrate("revert", "2-emails")).toBe(
    "001_users is applied already\n2-emails is applied already\n",
  );
});

describe("a verify script", () => {
  const verify = "BEGIN;\nINSERT INTO users VALUES (1);\nSELECT 1 / (count(*) - 5) FROM users;\nROLLBACK;\n";

  test("runs in the transaction of its change, and leaves nothing", async () => {
    const database = await start("verified", { ...first, "../verify/001_users.sql": verify });
    await database.migrate("deploy", "001_users");
    expect(await database.column("SELECT count(*) FROM users")).toEqual(["0"]);
    expect(await database.migrate("verify", "001_users")).toBe(
      "verified 001_users\nverified 1 of the 1 changes that are applied\nrows public.users 0\n",
    );
  });

  test("that fails takes its change back", async () => {
    const database = await start("unverified", { ...first, "../verify/001_users.sql": "SELECT nothing FROM users;" });
    expect(await database.refused("deploy", "001_users")).toContain('column "nothing" does not exist');
    expect(await database.column("SELECT to_regclass('users')")).toEqual([null]);
  });

  test("finds what was changed by hand, before anything is", async () => {
    const database = await deployed("by_hand", { ...first, "../verify/001_users.sql": "SELECT name FROM users;" });
    await database.query("ALTER TABLE users DROP name");
    const output = await database.refused("check");
    expect(output).toContain('column "name" does not exist');
    expect(output).toContain(
      "the change 001_users is recorded as applied, and its verification fails: somebody changed the schema by hand.\n",
    );
  });
});

describe("new tables", () => {
  const newTables = { rowSecurity: true, privileges: { reader: "SELECT", team: "" } };
  beforeAll(() => postgres.query({ user: "postgres", database: "postgres" }, "CREATE ROLE reader"));
  const table = "CREATE TABLE t (); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO reader;";

  test.each([
    [
      "without row security",
      "CREATE TABLE t ();",
      "the row security of the new table t is disabled, and migrations.newTables says otherwise\nHINT:  Let the file ENABLE it: ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n",
    ],
    [
      "with a privilege too many",
      `${table} GRANT INSERT ON t TO reader;`,
      'reader may do "SELECT, INSERT" on the new table t, and migrations.newTables says "SELECT"\n',
    ],
  ])("%s are refused, and nothing is applied", async (what, sql, message) => {
    const database = await start(`tables_${what.split(" ").at(-1)!}`, { "1_t.sql": sql });
    const output = await database.refused("deploy", "1_t", {
      newTables: { rowSecurity: true, privileges: { reader: "SELECT" } },
    });
    expect(output).toContain(`ERROR:  ${message}`);
    expect(await database.column("SELECT to_regclass('t')")).toEqual([null]);
  });

  test("that are as configured pass, and others are not looked at", async () => {
    const database = await start("tables_right", { "1_t.sql": `${table} REVOKE ALL ON t FROM team;` });
    await database.query("CREATE TABLE before ()");
    await database.migrate("deploy", "1_t", { newTables });
    expect(await database.migrate("applied")).toBe("1_t\n");
  });
});

test("a constraint that the file validates, and that is not validated, is refused", async () => {
  const database = await start("validation", {
    "1_c.sql":
      "CREATE TABLE c (n int); INSERT INTO c VALUES (-1); ALTER TABLE c ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;\n" +
      "DO $$ BEGIN ALTER TABLE c VALIDATE CONSTRAINT positive; EXCEPTION WHEN check_violation THEN NULL; END $$;\n",
  });
  expect(await database.refused("deploy", "1_c")).toContain(
    "ERROR:  the constraint positive of c is not validated, though the file validates it\n" +
      "HINT:  ALTER TABLE c VALIDATE CONSTRAINT positive;\n",
  );
  expect(await database.migrate("applied")).toBe("");
});

describe("what was applied before there was a record", () => {
  test("is recorded as applied, for the configuration says so", async () => {
    const database = await start("declared", { ...first, ...second });
    await database.query("CREATE TABLE users (id int, name text)");
    expect(await database.migrate("take-over", "001_users")).toBe(
      "recorded the changes up to 001_users as applied: nothing but the configuration says so\n001_users is applied already\n",
    );
    await database.migrate("deploy", "2-emails");
    expect(await database.column("SELECT email FROM users")).toEqual([]);
    expect(await database.migrate("take-over", "001_users")).toBe("001_users is applied already\n");
  });
});

test("a database that cannot be reached is an error that says so", async () => {
  const database = await start("unreachable", first);
  database.owner.user = "nobody";
  expect(await database.refused("check")).toContain("the database cannot be reached: ");
});
