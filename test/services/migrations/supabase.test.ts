/** Migrations of the Supabase CLI on a real PostgreSQL, with the table that the CLI makes and the rows that it writes. */
import { ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
});
afterAll(() => postgres?.stop());

const files = {
  "20240101000000_users.sql":
    "-- The users; all of them\nCREATE TABLE users (id int);\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n-- the end\n",
  "20240102000000_names.sql": "ALTER TABLE users ADD name text;;\r\n",
};
const third = { "20240103000000_third.sql": "CREATE TABLE third ();\n" };

/** Statements of the CLI that make its table (pkg/migration/history.go). */
const table = [
  "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
  "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)",
  "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]",
  "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
].join(";\n");
/** Rows of the CLI for the files: version, name, statements. */
const cliRows = [
  [
    "20240101000000",
    "users",
    [
      "-- The users; all of them\nCREATE TABLE users (id int)",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$",
      "-- the end",
    ],
  ],
  ["20240102000000", "names", ["ALTER TABLE users ADD name text"]],
] as const;
const rows = (database: SqlDatabase) =>
  database.query("SELECT version, name, statements FROM supabase_migrations.schema_migrations ORDER BY version");
const expected = cliRows.map(([version, name, statements]) => ({ version, name, statements }));

async function migratedByTheCli(name: string): Promise<SqlDatabase> {
  const database = await SqlDatabase.create(postgres, name, files);
  await database.query(`CREATE TABLE users (id int, name text);\n${table}`);
  for (const row of cliRows)
    await database.query(
      "INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES ($1, $2, $3)",
      row,
    );
  return database;
}

test("what the CLI applied is taken over, and new files are applied", async () => {
  const database = await migratedByTheCli("taken_over");
  database.write({ ...third, "20240104_notes.md": "", "README.sql": "" });
  expect(await database.migrate("check")).toBe(
    "ignored, as supabase does: README.sql\n20240101000000_users is applied already\n" +
      "20240102000000_names is applied already\n20240103000000_third will be applied\n",
  );
  await database.migrate("deploy", "20240103000000_third");
  expect(await rows(database)).toEqual([
    ...expected,
    { version: "20240103000000", name: "third", statements: ["CREATE TABLE third ()"] },
  ]);
  expect(await database.migrate("deploy", "20240103000000_third")).toBe("20240103000000_third is applied already\n");
});

test("an empty database gets the table and the rows that the CLI would write", async () => {
  const database = await SqlDatabase.create(postgres, "fresh", files);
  for (const name of ["20240101000000_users", "20240102000000_names"]) await database.migrate("deploy", name);
  expect(await rows(database)).toEqual(expected);
});

test("a file that the CLI applied and that was edited is refused", async () => {
  const database = await migratedByTheCli("edited");
  database.write({ "20240102000000_names.sql": "ALTER TABLE users ADD names text;\n" });
  expect(await database.refused("check")).toContain("refused: the change 20240102000000_names is applied already");
});

test("statements that were recorded as one, or not at all, are no edit", async () => {
  const database = await migratedByTheCli("other_rows");
  await database.query("UPDATE supabase_migrations.schema_migrations SET statements = ARRAY[$1] WHERE name = 'users'", [
    files["20240101000000_users.sql"],
  ]);
  await database.query("UPDATE supabase_migrations.schema_migrations SET statements = NULL WHERE name = 'names'");
  await database.migrate("check");
});

test("the table of an old version of the CLI has only the versions", async () => {
  const database = await migratedByTheCli("old_table");
  await database.query("ALTER TABLE supabase_migrations.schema_migrations DROP COLUMN statements, DROP COLUMN name");
  await database.migrate("check");
  database.write(third);
  await database.migrate("deploy", "20240103000000_third");
  expect(await database.migrate("applied")).toBe("20240101000000_users\n20240102000000_names\n20240103000000_third\n");
});

test("a file that the CLI applied and that is gone is refused", async () => {
  const database = await migratedByTheCli("gone");
  database.remove("20240102000000_names.sql");
  expect(await database.refused("check")).toContain(
    "refused: supabase_migrations.schema_migrations says that 20240102000000_names is applied, and there is no file of it",
  );
});

test("what was applied before is one task, which is refused if something is not", async () => {
  const database = await migratedByTheCli("before");
  database.write(third);
  const both = "20240101000000_users is applied already\n20240102000000_names is applied already\n";
  const takenOver = "20240102000000_names";
  expect(await database.migrate("take-over", takenOver, { takenOver })).toBe(both);
  expect(await database.refused("take-over", "20240103000000_third")).toBe(
    "refused: migrations.takenOver is 20240103000000_third, and 20240103000000_third is not applied.\n" +
      "What to do: apply it with the tool, or set migrations.takenOver to an earlier change.\n",
  );
});
