/** Verification of what a command did, on a real PostgreSQL: the containers before and after it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandSource } from "../../../components/migrations";
import { failureOf } from "../failure";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await postgres.query(asSuperuser(), "CREATE ROLE reader");
});
afterAll(() => postgres?.stop());

const source = commandSource(
  {
    command: ["migrate"],
    image: "team:1",
    secrets: {},
    memoryLimit: "1Gi",
    newTables: { rowSecurity: true, privileges: { reader: "SELECT" } },
  },
  "5.0.0",
);

/** Runs what is around the command, with the statements in its place. */
async function around(name: string, command: string): Promise<() => Promise<string>> {
  const database = await SqlDatabase.create(postgres, name, { ".keep": "" });
  await database.query("CREATE TABLE before (n int); INSERT INTO before VALUES (1), (1)");
  const tables = join(database.directory, "tables");
  writeFileSync(tables, await database.run(source, "tables"));
  for (const statement of command.split(";")) await database.query(statement).catch(() => undefined);
  return () => database.run(source, "after", "any", { RUNSHEET_BEFORE: database.directory });
}

test("tables as configured pass, and those from before are not looked at", async () => {
  const after = await around(
    "as_configured",
    "CREATE TABLE t (); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO reader; ALTER TABLE before ADD m int",
  );
  expect(await after()).toBe("the new tables are as configured, and no index is invalid\n");
});

test("a new table without row security is refused", async () =>
  expect(await failureOf((await around("not_secured", "CREATE TABLE t ()"))())).toContain(
    "ERROR:  the row security of the new table t is disabled, and migrations.newTables says otherwise\n",
  ));

test("an invalid index is refused", async () => {
  const after = await around("invalid", "CREATE UNIQUE INDEX CONCURRENTLY before_n ON before (n)");
  expect(await failureOf(after())).toContain(
    "ERROR:  the index before_n is invalid: its build failed or was interrupted\n",
  );
});

test("nothing is known of what is applied, so nothing is refused for it", async () => {
  const database = await SqlDatabase.create(postgres, "unknown", { ".keep": "" });
  expect(await database.run(source, "check")).toBe("");
  expect(await database.run(source, "applied")).toBe("");
  expect(await database.run(source, "verify")).toBe("verified 0 of the 0 changes that are applied\n");
});
