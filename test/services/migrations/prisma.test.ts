/** Migrations of Prisma on a real PostgreSQL, with the table and the rows that its schema engine writes. */
import { createHash } from "node:crypto";
import { ThrowAwayPostgres } from "../postgres";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
});
afterAll(() => postgres?.stop());

const names = ["20240101000000_init", "20240102000000_names"] as const;
const texts = {
  [names[0]]: "-- CreateTable\nCREATE TABLE users (id int);\n",
  [names[1]]: "ALTER TABLE users ADD name text;\n",
};
const files = {
  "migration_lock.toml": 'provider = "postgresql"\n',
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}/migration.sql`, text])),
};
const third = { "20240103000000_third/migration.sql": "CREATE TABLE third ();\n" };

/** Statement of the schema engine that makes its table. */
const table = `CREATE TABLE app._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Database that Prisma has migrated, in the schema `app`. */
async function migrated(name: string): Promise<SqlDatabase> {
  const database = await SqlDatabase.create(postgres, name, files);
  await database.query(`CREATE SCHEMA app; CREATE TABLE app.users (id int, name text); ${table}`);
  for (const [migration, text] of Object.entries(texts))
    await database.query(
      "INSERT INTO app._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES (gen_random_uuid()::text, $1, $2, now(), 1)",
      [sha256(text), migration],
    );
  return database;
}

test("what Prisma applied is taken over, in the schema that it uses", async () => {
  const database = await migrated("taken_over");
  database.write(third);
  expect(await database.migrate("check")).toBe(
    `${names.map((name) => `${name} is applied already\n`).join("")}20240103000000_third will be applied\n`,
  );
  await database.migrate("deploy", "20240103000000_third");
  expect(await database.column("SELECT to_regclass('app.third')")).toEqual(["app.third"]);
  const row =
    "SELECT length(id) AS id, checksum, finished_at >= started_at AS finished, logs, rolled_back_at, applied_steps_count";
  expect(await database.query(`${row} FROM app._prisma_migrations WHERE migration_name ~ 'third'`)).toEqual([
    {
      id: 36,
      checksum: sha256(third["20240103000000_third/migration.sql"]),
      finished: true,
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    },
  ]);
});

test("an empty database gets the table that Prisma would make", async () => {
  const database = await SqlDatabase.create(postgres, "fresh", files);
  for (const name of names) await database.migrate("deploy", name);
  expect(await database.column("SELECT migration_name FROM public._prisma_migrations ORDER BY started_at")).toEqual(
    names,
  );
});

test("a folder before applied ones is applied, as Prisma does", async () => {
  const database = await migrated("late");
  database.write({ "20240101120000_late/migration.sql": "CREATE TABLE late ();" });
  await database.migrate("check");
  await database.migrate("deploy", "20240101120000_late");
});

test("an edit is refused; other line ends, and a checksum of an old version, are none", async () => {
  const database = await migrated("edited");
  database.write({ [`${names[1]}/migration.sql`]: texts[names[1]].replace("\n", "\r\n") });
  await database.query("UPDATE app._prisma_migrations SET checksum = $1 WHERE migration_name = $2", [
    sha256(texts[names[0]]).replace(/../g, (byte) => byte.replace(/^0/, "")),
    names[0],
  ]);
  await database.migrate("check");
  database.write({ [`${names[1]}/migration.sql`]: "SELECT 1;" });
  expect(await database.refused("check")).toContain(`refused: the change ${names[1]} is applied already`);
});

test("a migration that failed is refused until it is resolved", async () => {
  const database = await migrated("failed");
  database.write(third);
  await database.query(
    "INSERT INTO app._prisma_migrations (id, checksum, migration_name, logs) VALUES ('1', 'x', '20240103000000_third', 'syntax error')",
  );
  expect(await database.refused("check")).toBe(
    "refused: _prisma_migrations says that 20240103000000_third failed.\n" +
      "What to do: undo by hand what it left, run prisma migrate resolve --rolled-back with its name, and run up again.\n",
  );
  await database.query("UPDATE app._prisma_migrations SET rolled_back_at = now() WHERE id = '1'");
  await database.migrate("deploy", "20240103000000_third");
});

test("a folder that Prisma applied and that is gone is refused", async () => {
  const database = await migrated("gone");
  database.remove(names[1]);
  expect(await database.refused("check")).toContain(
    `refused: _prisma_migrations says that ${names[1]} is applied, and there is no file of it`,
  );
});
