/** Migrations of Flyway on a real PostgreSQL, with a history that the real Flyway wrote, and reads again. */
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../support/free-port";
import { failureOf } from "../failure";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { flyway, flywayInstalled } from "./flyway";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(300_000);

let postgres: ThrowAwayPostgres;
/** Database that Flyway has migrated. It is cloned. */
let migrated: SqlDatabase;

const files = {
  "V1__users.sql": "CREATE TABLE users (id int, name text);\n",
  "V1_5__crlf_ümlaut.sql":
    "ALTER TABLE users ADD email text; -- größe 😀\r\nCREATE INDEX users_email ON users (email);\r\n",
  "V2.010__mark.sql": "\uFEFFCREATE TABLE marked (id int);\n",
  "later/V3__index of users.sql": "CREATE INDEX CONCURRENTLY users_id ON users (id);\n",
  "R__names.sql": "CREATE OR REPLACE VIEW names AS SELECT name FROM users;\n",
};
const known = ["V1__users", "V1_5__crlf_ümlaut", "V2.010__mark", "V3__index of users", "R__names"];
const fourth = { "V4__fourth.sql": "CREATE TABLE fourth ();\n", "U4__fourth.sql": "DROP TABLE fourth;\n" };
const fifth = {
  "V5__fifth.sql": "CREATE INDEX CONCURRENTLY users_name ON users (name);\n",
  "U5__fifth.sql": "DROP INDEX users_name;\n",
};

beforeAll(async () => {
  await flywayInstalled();
  postgres = await ThrowAwayPostgres.start({ listen: { addresses: ["127.0.0.1"], port: await freePort() } });
  migrated = await SqlDatabase.create(postgres, "migrated", files);
  await flyway(migrated, "migrate");
});
afterAll(() => postgres?.stop());

const clone = (name: string) => migrated.clone(name, files);

/** Flyway finds nothing wrong, and nothing to do. */
async function flywayAgrees(database: SqlDatabase): Promise<void> {
  expect(await flyway(database, "validate")).toContain("Successfully validated");
  expect(await flyway(database, "migrate")).toContain("No migration necessary");
}

test("what Flyway applied is taken over, and a second run changes nothing", async () => {
  const database = await clone("taken_over");
  const all = known.map((name) => `${name} is applied already\n`).join("");
  expect(await database.migrate("check")).toBe(all);
  const history = "SELECT * FROM flyway_schema_history ORDER BY installed_rank";
  const before = await database.query(history);
  expect(await database.migrate("deploy-together", "any")).toBe(all);
  expect(await database.query(history)).toEqual(before);
  expect(await database.migrate("verify", "R__names")).toMatch(/^verified 0 of the 5 changes that are applied\n/m);
});

test("new files are applied, and Flyway says that nothing is pending", async () => {
  const database = await clone("continued");
  database.write({
    ...fourth,
    ...fifth,
    "R__names.sql": "CREATE OR REPLACE VIEW names AS SELECT name, id FROM users;\n",
  });
  for (const change of ["V4__fourth", "V5__fifth", "R__names"])
    expect(await database.migrate("deploy", change)).toBe(`applying ${change}\n`);
  await flywayAgrees(database);
  const last =
    "SELECT installed_rank, version, description, type, script, installed_by, success FROM flyway_schema_history";
  const row = { type: "SQL", installed_by: "team", success: true };
  expect(await database.query(`${last} WHERE installed_rank > 5 ORDER BY 1`)).toEqual([
    { installed_rank: 6, version: "4", description: "fourth", script: "V4__fourth.sql", ...row },
    { installed_rank: 7, version: "5", description: "fifth", script: "V5__fifth.sql", ...row },
    { installed_rank: 8, version: null, description: "names", script: "R__names.sql", ...row },
  ]);
});

test("an empty database gets a history that Flyway takes for its own", async () => {
  const database = await SqlDatabase.create(postgres, "fresh", files);
  for (const change of known) await database.migrate("deploy", change);
  const columns = "SELECT installed_rank, version, description, type, script, checksum, installed_by, success";
  const history = `${columns} FROM flyway_schema_history ORDER BY installed_rank`;
  expect(await database.query(history)).toEqual(await migrated.query(history));
  await flywayAgrees(database);
});

test("a file that Flyway applied and that was edited is refused", async () => {
  const database = await clone("edited");
  database.write({ "V1_5__crlf_ümlaut.sql": "SELECT 1;\n" });
  expect(await database.refused("check")).toBe(
    "refused: the change V1_5__crlf_ümlaut is applied already, and its file is not the one that was applied.\n" +
      "What to do: take the edit back, and put what is to be different into a new file.\n",
  );
});

test("other line ends and an empty line are no edit, as Flyway says", async () => {
  const database = await clone("line_ends");
  database.write({ "V1__users.sql": "CREATE TABLE users (id int, name text);\r\n\r\n" });
  expect(await database.migrate("check")).toMatch(/^V1__users is applied already\n/);
});

test("a file that Flyway applied and that is gone is refused", async () => {
  const database = await clone("gone");
  database.remove("later");
  expect(await database.refused("check")).toContain(
    "refused: flyway_schema_history says that later/V3__index of users.sql is applied, and there is no file of it: the files are older than the database.\n",
  );
});

test("a file before those that Flyway applied is refused", async () => {
  const database = await clone("late");
  database.write({ "V1.7__late.sql": "SELECT 1;" });
  expect(await database.refused("check")).toContain(
    "refused: the change V1.7__late is not applied, and V3__index of users, which comes after it, is.\n",
  );
});

test("what Flyway says failed is refused until it is repaired", async () => {
  const database = await clone("failed");
  const broken = "CREATE UNIQUE INDEX CONCURRENTLY users_once ON users (id);\n";
  await database.query("INSERT INTO users VALUES (1), (1)");
  database.write({ "V4__once.sql": broken });
  // It exits with 0.
  await flyway(database, "migrate");
  expect(await database.refused("check")).toBe(
    "refused: flyway_schema_history says that V4__once failed.\n" +
      "What to do: undo by hand what it left, run flyway repair, and run up again.\n",
  );
  await flyway(database, "repair");
  await database.query("TRUNCATE users");
  // The index that Flyway left behind is invalid.
  expect(await database.migrate("deploy", "V4__once")).toBe("applying V4__once\n");
  await flywayAgrees(database);
});

test("a baseline counts for every file up to it", async () => {
  const database = await SqlDatabase.create(postgres, "baseline", files);
  await database.query("CREATE TABLE users (id int, name text, email text)");
  await flyway(database, "baseline", "-baselineVersion=2.10");
  expect(await database.migrate("applied")).toBe("V1__users\nV1_5__crlf_ümlaut\nV2.010__mark\n");
  await database.migrate("deploy", "V3__index of users");
  expect(await database.column("SELECT to_regclass('marked')")).toEqual([null]);
});

describe("going back", () => {
  test("runs the undo files in reverse order, and Flyway takes both for pending", async () => {
    const database = await clone("undone");
    database.write({ ...fourth, ...fifth });
    for (const change of ["V4__fourth", "V5__fifth"]) await database.migrate("deploy", change);
    expect(await database.migrate("check", "V3__index of users")).toContain("V3__index of users is applied already\n");
    const output = await database.migrate("revert", "V3__index of users");
    expect(output).toMatch(/^reverting V5__fifth\nreverting V4__fourth\nV1__users is applied already\n/);
    expect(await database.column("SELECT to_regclass('fourth')")).toEqual([null]);
    expect(await flyway(database, "migrate")).toContain("Successfully applied 2 migrations");
  });

  test("is refused where a change has no undo file", async () => {
    const database = await clone("not_undone");
    expect(await database.refused("check", "V2.010__mark")).toContain(
      "refused: the change V3__index of users is applied, which is above schema.target V2.010__mark, and no file takes it back.\n",
    );
  });
});

test("Flyway does not run while a run of ours applies", async () => {
  const database = await clone("locked");
  database.write({ "V4__slow.sql": "SET lock_timeout = 0;\nSELECT pg_advisory_lock(42);\n" });
  await postgres.connected(database.owner, async (other) => {
    await other.query("SELECT pg_advisory_lock(42)");
    const ours = database.migrate("deploy", "V4__slow");
    const waiting = "SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = 'locked'";
    while ((await postgres.query(asSuperuser(), waiting)).length === 0) await sleep(50);
    expect(await failureOf(flyway(database, "migrate"))).toContain("Number of retries exceeded");
    await other.query("SELECT pg_advisory_unlock(42)");
    await ours;
  });
  await flywayAgrees(database);
});

test("a file with a placeholder is refused before it is applied", async () => {
  const database = await clone("placeholder");
  database.write({ "V4__p.sql": "CREATE TABLE ${name} ();" });
  expect(await database.refused("check")).toBe(
    "refused: the change V4__p cannot be applied: it has the placeholder ${name}, whose value only Flyway knows.\n" +
      "What to do: apply it with the tool itself, or set migrations.command.\n",
  );
});
