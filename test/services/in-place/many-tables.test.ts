/** Dump and restore of 2,500 tables in a database that exists, by its owner, who is no superuser. */
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";

jest.setTimeout(240_000);

const tables = 2_500;
const owner = { user: "team", database: "many" };
const scripts = new DumpScripts();
let postgres: ThrowAwayPostgres;

const start = async (): Promise<void> => {
  postgres = await ThrowAwayPostgres.start({ settings: { max_connections: "60" } });
  await postgres.query(asSuperuser(), "CREATE ROLE team LOGIN");
  await postgres.query(asSuperuser(), "CREATE DATABASE many OWNER team");
  await postgres.query(asSuperuser("many"), "ALTER SCHEMA public OWNER TO team");
  for (let first = 1; first <= tables; first += 100)
    await postgres.query(
      owner,
      `DO $$ BEGIN FOR n IN ${first}..${first + 99} LOOP
        EXECUTE format('CREATE TABLE a_table_with_a_name_of_a_usual_length_%s AS SELECT %s AS id, ''a'' AS note', n, n);
        EXECUTE format('ALTER TABLE a_table_with_a_name_of_a_usual_length_%s ADD PRIMARY KEY (id)', n);
        EXECUTE format('CREATE INDEX ON a_table_with_a_name_of_a_usual_length_%s (note)', n);
      END LOOP; END $$`,
    );
};
beforeAll(start);
afterAll(async () => {
  await postgres?.stop();
  scripts.remove();
});

test("they are dumped and proven, and too few locks for a restore are said", async () => {
  const output = await scripts.takeSchemas(postgres, owner, "many");
  expect(output).toContain("restored the dump into a PostgreSQL of its own: 2500 tables have the rows that they had");
  expect(scripts.manifest("many")).toMatchObject({ tables, rows: tables, proof: "restored" });
  expect(output).toMatch(/the server has \d+ locks, and the restore needs at least \d+ in one transaction/);
  expect(output).toContain("It counts all the same. Mend that before a restore is needed");
});

test("a restore is refused before anything, and succeeds with what the refusal says", async () => {
  await postgres.query(owner, "UPDATE a_table_with_a_name_of_a_usual_length_1 SET note = 'damaged'");
  const refused = await failureOf(scripts.replace("restore", "many", postgres, owner));
  const locks = /set max_locks_per_transaction to (\d+) or more \(it is 64\), and restart the server/.exec(
    refused,
  )?.[1];
  expect(scripts.state("many")).toBeUndefined();
  await postgres.query(asSuperuser(), `ALTER SYSTEM SET max_locks_per_transaction = ${locks}`);
  await postgres.suspend();
  await postgres.resume();
  expect(await scripts.replace("restore", "many", postgres, owner)).toContain("restored 2500 tables into many: public");
  expect(await postgres.query(owner, "SELECT note FROM a_table_with_a_name_of_a_usual_length_1")).toEqual([
    { note: "a" },
  ]);
});
