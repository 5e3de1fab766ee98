/** Deployment and revert of all changes of MUED on a real PostgreSQL. */
import { join } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import {
  addDialogue,
  addMaterial,
  addProvenance,
  baseVersion,
  changes,
  checksums,
  muedSystem,
  ragTables,
} from "./mued";
import { indexes, smokeTestUser } from "./mued";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;
let deployed: SystemDatabase;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  deployed = await empty.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});

/** Types and functions that the first change creates. */
const others = async (mued: SystemDatabase) => {
  const rows = await mued.query<{ name: string }>(
    `SELECT typname AS name FROM pg_type WHERE typname IN ('content_type', 'acquisition_method', 'license_type')
     UNION SELECT proname FROM pg_proc WHERE proname = 'update_updated_at_column' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

test("running the baseline again changes nothing", async () => {
  const before = await checksums(empty);
  expect(await empty.runBaseline()).toBe("");
  expect(await checksums(empty)).toEqual(before);
});

test("the changes are deployed in the runbook's order, by an owner who is no superuser", async () => {
  expect(await deployed.deployed()).toEqual(changes);
  expect(await deployed.existingTables()).toEqual([...ragTables, "rag_orphans"]);
  expect(await deployed.sqitch("verify")).toContain("Verify successful");
  expect(await deployed.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toEqual([
    { rolsuper: false },
  ]);
});

test("the runbook's tests 2 and 5: 17 columns, 12 indexes besides the primary keys", async () => {
  expect(
    await deployed.query(
      "SELECT count(*)::integer AS columns FROM information_schema.columns WHERE table_name = 'ai_dialogue_log'",
    ),
  ).toEqual([{ columns: 17 }]);
  const mued = await empty.clone("only_0002");
  await mued.sqitch("deploy", "--verify", "--to", changes[0]!);
  const found = await mued.query<{ name: string; table: string }>(
    `SELECT indexname AS name, tablename AS table FROM pg_indexes
     WHERE tablename = ANY ($1::text[]) AND indexname NOT LIKE '%_pkey'`,
    [ragTables],
  );
  expect(Object.fromEntries(found.map(({ name, table }) => [name, table]))).toEqual(indexes);
  expect(Object.keys(indexes)).toHaveLength(12);
});

test("the foreign keys say so when they are there", async () => {
  const mued = await deployed.clone("notice");
  await mued.sqitch("revert", "-y", "--to", changes[1]!);
  const env = postgres.environment(mued.owner);
  const script = join(mued.project, "deploy", `${changes[2]}.sql`);
  const output = await run("sh", ["-c", 'psql --no-psqlrc --quiet --file "$1" 2>&1', "sh", script], { env });
  expect(output).toContain("NOTICE:  Successfully created all 3 foreign key constraints");
});

test("the app reads and writes rows, the read-only role reads, neither alters tables", async () => {
  const mued = await deployed.clone("roles");
  await addDialogue(mued, smokeTestUser);
  const readOnly = { user: "mued_read_only", database: "roles" };
  const insert = "INSERT INTO ai_dialogue_log (session_id, query, response) VALUES (gen_random_uuid(), 'q', 'r')";
  await postgres.query(mued.app, insert);
  expect(await postgres.query(readOnly, "SELECT count(*)::integer AS rows FROM ai_dialogue_log")).toEqual([
    { rows: 2 },
  ]);
  await expect(postgres.query(readOnly, insert)).rejects.toThrow("permission denied for table ai_dialogue_log");
  await expect(postgres.query(mued.app, "DROP TABLE provenance")).rejects.toThrow("must be owner of table provenance");
});

test("a changed row has a new updated_at", async () => {
  const mued = await deployed.clone("updated");
  const changed = await mued.query(
    `UPDATE plugin_registry SET enabled = false, updated_at = '2000-01-01' RETURNING updated_at = now() AS now`,
  );
  expect(changed).toEqual([{ now: true }, { now: true }]);
});

test("reverting takes everything away that the changes made; deploying again works", async () => {
  const mued = await deployed.clone("there_and_back");
  await addDialogue(mued, smokeTestUser);
  await addProvenance(mued, { type: "material", id: await addMaterial(mued) }, smokeTestUser);

  const output = await mued.sqitch("revert", "-y");

  expect([...output.matchAll(/- (\w+) \.+ ok/g)].map((match) => match[1])).toEqual([...changes].reverse());
  expect(await mued.existingTables()).toEqual([]);
  expect(await others(mued)).toEqual([]);
  expect(Object.keys(await checksums(mued))).toEqual(["materials", "users"]);

  await mued.sqitch("deploy", "--verify");
  expect(await mued.deployed()).toEqual(changes);
  expect(await others(mued)).toEqual([
    "acquisition_method",
    "content_type",
    "license_type",
    "update_updated_at_column",
  ]);
});

test("a revert that was killed after its commit can run again", async () => {
  const mued = await deployed.clone("revert_twice");
  for (const change of [...changes].reverse()) {
    const script = ["--file", join(mued.project, "revert", `${change}.sql`)];
    await postgres.psql(mued.owner, [...script, ...script]);
  }
  expect(await mued.existingTables()).toEqual([]);
});

test("a deployment killed after its commit, before Sqitch recorded it, resumes", async () => {
  const mued = await empty.clone("killed_after_commit");
  for (const change of changes) {
    await postgres.psql(mued.owner, ["--file", join(mued.project, "deploy", `${change}.sql`)]);
  }
  const dialogue = await addDialogue(mued, smokeTestUser);
  await mued.sqitch("deploy", "--verify");
  expect(await mued.deployed()).toEqual(changes);
  expect(await mued.query("SELECT id FROM ai_dialogue_log")).toEqual([{ id: dialogue }]);
});

describe("an ai_dialogue_log that is there before", () => {
  const rows = `SELECT id, user_id, session_id, query, response, model_used, created_at, updated_at
    FROM ai_dialogue_log ORDER BY query`;

  test("in its base version is extended with its rows, and goes back with them", async () => {
    const mued = await empty.clone("base_version");
    await mued.query(baseVersion);
    const before = await mued.query(rows);
    const schema = await schemaOf(mued);

    await mued.sqitch("deploy", "--verify");
    expect(await mued.query(rows)).toEqual(before);
    expect(await mued.query("SELECT DISTINCT citations, latency_ms FROM ai_dialogue_log")).toEqual([
      { citations: [], latency_ms: null },
    ]);
    await addDialogue(mued, smokeTestUser);

    await mued.sqitch("revert", "-y");
    expect(await mued.existingTables()).toEqual(["ai_dialogue_log"]);
    expect(await schemaOf(mued)).toEqual(schema);
    expect((await mued.query(rows)).filter((row) => (row as { query: string }).query !== "What is RAG?")).toEqual(
      before,
    );
    expect(await mued.query("SELECT count(*)::integer AS rows FROM ai_dialogue_log")).toEqual([{ rows: 3 }]);

    await mued.sqitch("deploy", "--verify");
    expect(await mued.deployed()).toEqual(changes);
  });

  test("as another's table is refused with what differs, and kept", async () => {
    const mued = await empty.clone("another_table");
    await mued.query("CREATE TABLE ai_dialogue_log (id uuid NOT NULL, note text)");
    await mued.query("INSERT INTO ai_dialogue_log VALUES (gen_random_uuid(), 'mine')");
    const output = await failureOf(mued.sqitch("deploy", "--verify"));
    expect(output).toContain("ERROR:  table ai_dialogue_log exists already and is not the base version: expected (");
    expect(output).toContain("it has (id uuid not null, note text)");
    expect(await mued.query("SELECT note FROM ai_dialogue_log")).toEqual([{ note: "mine" }]);
  });

  /** Definition of the table: comment, columns, indexes, constraints and triggers. */
  const schemaOf = (mued: SystemDatabase) =>
    mued.query(
      `SELECT obj_description(t.oid, 'pg_class') AS comment,
         (SELECT array_agg(attname || ' ' || format_type(atttypid, atttypmod) || attnotnull ORDER BY attname)
          FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped) AS columns,
         (SELECT array_agg(indexrelid::regclass::text ORDER BY 1) FROM pg_index WHERE indrelid = t.oid) AS indexes,
         (SELECT array_agg(conname ORDER BY 1) FROM pg_constraint WHERE conrelid = t.oid) AS constraints,
         (SELECT array_agg(tgname ORDER BY 1) FROM pg_trigger WHERE tgrelid = t.oid) AS triggers
       FROM pg_class AS t WHERE t.oid = 'public.ai_dialogue_log'::regclass`,
    );
});

test.each([
  ["provenance", "table provenance exists already and was not made by this migration: rename or remove it"],
  ["rag_metrics_history", "table rag_metrics_history exists already and was not made by this migration"],
  ["plugin_registry", "table plugin_registry exists already and was not made by this migration"],
  ["rag_orphans", "table rag_orphans exists already and was not made by this migration"],
])("a table %s that another made is refused, and kept", async (table, message) => {
  const mued = await empty.clone(`foreign_${table}`);
  await mued.query(`CREATE TABLE ${table} (note text); INSERT INTO ${table} VALUES ('mine')`);
  expect(await failureOf(mued.sqitch("deploy", "--verify"))).toContain(`ERROR:  ${message}`);
  expect(await mued.query(`SELECT * FROM ${table}`)).toEqual([{ note: "mine" }]);
});

test("an enum that another made is refused, and kept", async () => {
  const mued = await empty.clone("foreign_enum");
  await mued.query("CREATE TYPE content_type AS ENUM ('song')");
  expect(await failureOf(mued.sqitch("deploy", "--verify"))).toContain(
    "ERROR:  type content_type exists already and was not made by this migration: rename or remove it, then run again",
  );
  expect(await others(mued)).toEqual(["content_type"]);
});

test("an update_updated_at_column() that is there already is used, and stays", async () => {
  const mued = await empty.clone("own_function");
  await mued.query(
    `CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql
     AS 'BEGIN NEW.updated_at = clock_timestamp(); RETURN NEW; END'`,
  );
  await mued.sqitch("deploy", "--verify");
  await mued.sqitch("revert", "-y");
  expect(await others(mued)).toEqual(["update_updated_at_column"]);
});
