/** Migrations of Drizzle on a real PostgreSQL, with a table that the real drizzle-orm wrote, and reads again. */
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let migrated: SqlDatabase;

const sql: Readonly<Record<string, string>> = {
  "0000_users.sql":
    'CREATE TABLE "users" ("id" int, "näme" text);\n--> statement-breakpoint\nCREATE INDEX "i" ON "users" ("id");',
  "0001_crlf.sql":
    "ALTER TABLE users ADD email text;\r\n--> statement-breakpoint\r\nALTER TABLE users ADD city text;\r\n",
};
const third = { "0002_third.sql": "CREATE TABLE third ();\n" };

/** Adds the journal that drizzle-kit writes; each entry is a second after the one before. */
function journalled(files: Readonly<Record<string, string>>): Record<string, string> {
  const tags = Object.keys(files).map((path) => path.replace(".sql", ""));
  const entries = tags.map((tag, idx) => ({
    idx,
    version: "7",
    when: 1_700_000_000_000 + idx * 1000,
    tag,
    breakpoints: true,
  }));
  return { ...files, "meta/_journal.json": JSON.stringify({ version: "7", dialect: "postgresql", entries }) };
}

const byDrizzle = ({ directory, owner }: SqlDatabase) =>
  postgres.connected(owner, (client) => migrate(drizzle(client), { migrationsFolder: directory }));
const rows = (database: SqlDatabase) =>
  database.query("SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id");

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  migrated = await SqlDatabase.create(postgres, "migrated", journalled(sql));
  await byDrizzle(migrated);
});
afterAll(() => postgres?.stop());

const clone = (name: string, files = sql) => migrated.clone(name, journalled(files));

test("what Drizzle applied is taken over, and a second run changes nothing", async () => {
  const database = await clone("taken_over");
  const all = "0000_users is applied already\n0001_crlf is applied already\n";
  expect(await database.migrate("check")).toBe(all);
  expect(await database.migrate("deploy-together", "any")).toBe(all);
  expect(await rows(database)).toEqual(await rows(migrated));
});

test("a new file is applied, and Drizzle has nothing to do", async () => {
  const database = await clone("continued", { ...sql, ...third });
  await database.migrate("deploy", "0002_third");
  const after = await rows(database);
  expect(after).toHaveLength(3);
  await byDrizzle(database);
  expect(await rows(database)).toEqual(after);
});

test("an empty database gets the rows that Drizzle would write", async () => {
  const database = await SqlDatabase.create(postgres, "fresh", journalled(sql));
  await database.migrate("deploy", "0000_users");
  await database.migrate("deploy", "0001_crlf");
  expect(await rows(database)).toEqual(await rows(migrated));
  await byDrizzle(database);
  expect(await rows(database)).toHaveLength(2);
});

test("an edited file is refused; other line ends are no edit", async () => {
  const database = await clone("edited");
  database.write({ "0001_crlf.sql": sql["0001_crlf.sql"]!.replaceAll("\r", "") });
  await database.migrate("check");
  database.write({ "0001_crlf.sql": "SELECT 1;" });
  expect(await database.refused("check")).toBe(
    "refused: the change 0001_crlf is applied already, and its file is not the one that was applied.\n" +
      "What to do: take the edit back, and put what is to be different into a new file.\n",
  );
});

test("a file that Drizzle applied and that is gone is refused", async () => {
  const database = await clone("gone", { "0000_users.sql": sql["0000_users.sql"]! });
  expect(await database.refused("check")).toContain(
    "refused: drizzle.__drizzle_migrations says that of 2023-11-14 22:13:21+00 is applied, and there is no file of it",
  );
});

test("a file that Drizzle would never apply is refused", async () => {
  const database = await clone("never");
  const journal = JSON.parse(journalled({ ...sql, ...third })["meta/_journal.json"]!) as {
    entries: { when: number }[];
  };
  journal.entries[2]!.when -= 1500;
  database.write({ ...third, "meta/_journal.json": JSON.stringify(journal) });
  expect(await database.refused("check")).toBe(
    "refused: the change 0002_third is not applied, and 0001_crlf, which comes after it, is.\n" +
      "What to do: give it a name that comes after.\n",
  );
});
