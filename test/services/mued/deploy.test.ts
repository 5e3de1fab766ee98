/** Deployment and revert of all changes of MUED on a real PostgreSQL. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, addMaterial, addProvenance, changes, checksums, muedSystem, ragTables } from "./mued";
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

/** Runs a mode of migrate.sh. */
const migrate = (mued: SystemDatabase, mode: string, change: string) =>
  run("sh", ["components/migrations/in-pod/migrate.sh", mode, "mued", change], {
    env: { ...postgres.environment(mued.owner), RUNSHEET_PROJECT: mued.project },
  });

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
  await mued.sqitch("deploy", "--to", changes[2]!);
  const env = postgres.environment(mued.owner);
  const script = join(mued.project, "deploy", `${changes[3]}.sql`);
  const output = await run("sh", ["-c", 'psql --no-psqlrc --quiet --file "$1" 2>&1', "sh", script], { env });
  expect(output).toContain("NOTICE:  Successfully created all 3 foreign key constraints");
});

test("the keys are validated while users and materials are written", async () => {
  const mued = await deployed.clone("written_meanwhile");
  await mued.sqitch("revert", "-y", "--to", changes[1]!);
  await mued.sqitch("deploy", "--verify", "--to", changes[2]!);
  const validated = "SELECT bool_and(convalidated) AS all FROM pg_constraint WHERE conname LIKE 'fk\\_%'";
  expect(await mued.query(validated)).toEqual([{ all: false }]);
  await postgres.connected(mued.superuser, async (writer) => {
    await writer.query("BEGIN; LOCK TABLE users, materials IN ROW EXCLUSIVE MODE");
    await mued.sqitch("deploy", "--verify");
    await writer.query("COMMIT");
  });
  expect(await mued.query(validated)).toEqual([{ all: true }]);
});

test("a database of the former scripts is taken as it is, and ends equal", async () => {
  const mued = await empty.clone("former");
  const checksums = await readFile(join(mued.project, "superseded.sha1"), "utf8");
  await mued.sqitch("deploy", "--verify", "--to", changes[2]!);
  for (const line of checksums.trim().split("\n")) {
    const [checksum, script] = line.split("  ") as [string, string];
    await mued.query("UPDATE sqitch.changes SET script_hash = $1 WHERE change = $2", [
      checksum,
      script.replace(/^deploy\/|\.sql$/g, ""),
    ]);
  }
  expect(await migrate(mued, "check", "any")).toBe(
    changes
      .slice(0, 3)
      .map((change) => `${change} is applied already\n`)
      .join(""),
  );
  await migrate(mued, "deploy", changes[3]!);
  expect(await mued.deployed()).toEqual(changes);

  await mued.query("UPDATE sqitch.changes SET script_hash = repeat('0', 40) WHERE change = $1", [changes[0]]);
  expect(await failureOf(migrate(mued, "check", "any"))).toContain(
    `refused: the change ${changes[0]} is applied already`,
  );
});

test.each(["latency_ms", "citations"])("a CHECK of %s that was dropped by hand is put back", async (column) => {
  const mued = await deployed.clone(`without_check_of_${column}`);
  const checksOf = () =>
    mued.query(
      `SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE contype = 'c' AND conrelid = 'ai_dialogue_log'::regclass ORDER BY 1`,
    );
  const before = await checksOf();
  expect(before).toHaveLength(9);
  await mued.query(`ALTER TABLE ai_dialogue_log DROP CONSTRAINT ai_dialogue_log_${column}_check`);
  expect(await migrate(mued, "mend", "any")).toContain(`${changes[0]} is mended: its deploy script ran again`);
  expect(await checksOf()).toEqual(before);
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

test.each([
  ["valid", "created_at"],
  ["INVALID", "title"],
])("an index of our name that is %s on another table is refused, and kept", async (kind, column) => {
  const mued = await empty.clone(`index_elsewhere_${kind.toLowerCase()}`);
  await addMaterial(mued);
  await addMaterial(mued);
  const sql = `CREATE UNIQUE INDEX CONCURRENTLY idx_ai_dialogue_session ON materials (${column})`;
  // Both have the same title.
  await mued.query(sql).catch(() => undefined);
  const found = () =>
    mued.query(
      `SELECT indrelid::regclass::text AS of, indisvalid AS valid FROM pg_index
       WHERE indexrelid = 'idx_ai_dialogue_session'::regclass`,
    );
  expect(await found()).toEqual([{ of: "materials", valid: kind === "valid" }]);
  expect(await failureOf(mued.sqitch("deploy", "--verify"))).toContain(
    "ERROR:  index idx_ai_dialogue_session exists already, and is one of materials: rename or remove it, then run again",
  );
  expect(await found()).toEqual([{ of: "materials", valid: kind === "valid" }]);

  await mued.query("ALTER INDEX idx_ai_dialogue_session RENAME TO mine");
  await mued.sqitch("deploy", "--verify");
  expect(await mued.deployed()).toEqual(changes);
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
