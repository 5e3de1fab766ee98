/** An ai_dialogue_log that is there before MUED's migrations: extended, refused, and given back as it was. */
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, baseVersion, changes, muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;

startSystem(muedSystem, (created) => {
  ({ postgres } = created);
  empty = created;
});

const rows = `SELECT id, user_id, session_id, query, response, model_used, created_at, updated_at
  FROM ai_dialogue_log ORDER BY query`;

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
  expect((await mued.query(rows)).filter((row) => (row as { query: string }).query !== "What is RAG?")).toEqual(before);
  expect(await mued.query("SELECT count(*)::integer AS rows FROM ai_dialogue_log")).toEqual([{ rows: 3 }]);

  await mued.sqitch("deploy", "--verify");
  expect(await mued.deployed()).toEqual(changes);
});

test("what it has under names of ours stays when the changes are reverted", async () => {
  const mued = await empty.clone("found");
  await mued.query(baseVersion);
  await mued.query(
    `CREATE INDEX idx_ai_dialogue_created_at ON ai_dialogue_log (created_at);
     COMMENT ON INDEX idx_ai_dialogue_created_at IS 'For the archive.';
     CREATE INDEX idx_ai_dialogue_user_created ON ai_dialogue_log (user_id, created_at);
     ALTER TABLE ai_dialogue_log ADD CONSTRAINT fk_ai_dialogue_user
       FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
     CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql
       AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END';
     CREATE TRIGGER update_ai_dialogue_log_updated_at BEFORE UPDATE ON ai_dialogue_log
       FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()`,
  );
  const schema = await schemaOf(mued);
  const comment = () => mued.query("SELECT obj_description('idx_ai_dialogue_created_at'::regclass) AS comment");

  await mued.sqitch("deploy", "--verify");
  expect(await comment()).toEqual([{ comment: "For the archive. Found by Sqitch change 0002_add_rag_metrics." }]);
  await mued.sqitch("revert", "-y");

  expect(await schemaOf(mued)).toEqual(schema);
  expect(await comment()).toEqual([{ comment: "For the archive." }]);
});

test.each([
  ["INDEX public.idx_ai_dialogue_created_at", 0, "CREATE INDEX idx_ai_dialogue_created_at ON ai_dialogue_log (id)"],
  [
    "TRIGGER update_ai_dialogue_log_updated_at ON public.ai_dialogue_log",
    0,
    `CREATE TRIGGER update_ai_dialogue_log_updated_at BEFORE UPDATE ON ai_dialogue_log
       FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  ],
  [
    "INDEX public.idx_ai_dialogue_user_created",
    1,
    "CREATE INDEX idx_ai_dialogue_user_created ON ai_dialogue_log (user_id)",
  ],
  [
    "CONSTRAINT fk_ai_dialogue_user ON public.ai_dialogue_log",
    2,
    "ALTER TABLE ai_dialogue_log ADD CONSTRAINT fk_ai_dialogue_user FOREIGN KEY (user_id) REFERENCES users (id)",
  ],
])("%s that is not as ours is refused, and kept", async (what, change, sql) => {
  const mued = await empty.clone(`differs_${what.replaceAll(/\W/g, "_").toLowerCase()}`);
  await mued.query(baseVersion);
  await mued.query(sql);
  const schema = await schemaOf(mued);
  expect(await failureOf(mued.sqitch("deploy", "--verify", "--to", changes[change]!))).toContain(
    `ERROR:  ${what} exists already and is not as this migration makes it: rename or remove it, then run again`,
  );
  await mued.sqitch("revert", "-y");
  expect(await schemaOf(mued)).toEqual(schema);
});

test("is written while its indexes are built", async () => {
  const mued = await empty.clone("written");
  await mued.query(baseVersion);
  await postgres.connected(mued.superuser, async (reader) => {
    // CREATE INDEX CONCURRENTLY waits for this snapshot, and holds up nobody meanwhile.
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM users");
    const deployment = mued.sqitch("deploy", "--verify");
    const building = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      AND query LIKE 'CREATE INDEX CONCURRENTLY %'`;
    await postgres.connected(mued.superuser, async (observer) => {
      while ((await observer.query(building)).rowCount === 0) await sleep(50);
      await observer.query("SET lock_timeout = '1s'");
      await observer.query(
        "INSERT INTO ai_dialogue_log (session_id, query, response) VALUES (gen_random_uuid(), 'Late', 'One.')",
      );
    });
    await reader.query("COMMIT");
    await deployment;
  });
  expect(await mued.query("SELECT count(*)::integer AS rows FROM ai_dialogue_log")).toEqual([{ rows: 3 }]);
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
