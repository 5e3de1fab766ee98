/** "Step 1.7: Execute Foreign Keys Migration (0004)": orphaned rows are set aside, and a revert restores them. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, addMaterial, addProvenance, baseVersion, changes, muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(60_000);

const nobody = "00000000-0000-4000-9000-000000000001";
const nothing = "00000000-0000-4000-9000-000000000002";
let baseline: SystemDatabase;
let withoutKeys: SystemDatabase;

startSystem(muedSystem, async (created) => {
  baseline = created;
  withoutKeys = await created.clone("without_keys");
  await withoutKeys.sqitch("deploy", "--verify", "--to", changes[1]!);
});

/** Rows of a table without `updated_at`, which a trigger sets. */
const rows = (mued: SystemDatabase, table: string) =>
  mued.query(`SELECT to_jsonb(t) - 'updated_at' AS row FROM public.${table} AS t ORDER BY id`);
const orphans = (mued: SystemDatabase) =>
  mued.query(`SELECT table_name, "row" ->> 'id' AS id, reason FROM rag_orphans ORDER BY reason, id`);

test("orphans are kept in rag_orphans, and a revert puts them back", async () => {
  const mued = await withoutKeys.clone("orphans");
  const material = await addMaterial(mued);
  const known = await addDialogue(mued, smokeTestUser);
  const asked = await addDialogue(mued, nobody);
  await addProvenance(mued, { type: "material", id: material }, smokeTestUser);
  const acquired = await addProvenance(mued, { type: "material", id: material }, nobody);
  const gone = await addProvenance(mued, { type: "material", id: nothing }, smokeTestUser);
  const both = await addProvenance(mued, { type: "material", id: nothing }, nobody);
  const before = { dialogues: await rows(mued, "ai_dialogue_log"), provenance: await rows(mued, "provenance") };

  await mued.sqitch("deploy", "--verify");
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(((await orphans(mued)) as { reason: string; id: string }[]).sort(byId)).toEqual(
    [
      { table_name: "ai_dialogue_log", id: asked, reason: "fk_ai_dialogue_user" },
      { table_name: "provenance", id: acquired, reason: "fk_provenance_acquired_by" },
      { table_name: "provenance", id: both, reason: "fk_provenance_acquired_by" },
      { table_name: "provenance", id: gone, reason: "fk_provenance_content" },
      { table_name: "provenance", id: both, reason: "fk_provenance_content" },
    ].sort(byId),
  );
  expect(await mued.query("SELECT id, user_id FROM ai_dialogue_log WHERE user_id IS NULL")).toEqual([
    { id: asked, user_id: null },
  ]);
  expect(await mued.query("SELECT id FROM ai_dialogue_log WHERE user_id IS NOT NULL")).toEqual([{ id: known }]);
  expect(await rows(mued, "provenance")).toHaveLength(2);

  await mued.sqitch("revert", "-y", "--to", changes[1]!);
  expect(await rows(mued, "ai_dialogue_log")).toEqual(before.dialogues);
  expect(await rows(mued, "provenance")).toEqual(before.provenance);
  expect(await mued.existingTables()).not.toContain("rag_orphans");

  await mued.sqitch("deploy", "--verify");
  expect(await orphans(mued)).toHaveLength(5);
});

test("what was removed or set since stays so when the keys are reverted", async () => {
  const mued = await withoutKeys.clone("changed_since");
  const removed = await addDialogue(mued, nobody);
  const taken = await addDialogue(mued, nobody);
  await mued.sqitch("deploy", "--verify");
  await mued.query("DELETE FROM ai_dialogue_log WHERE id = $1", [removed]);
  await mued.query("UPDATE ai_dialogue_log SET user_id = $2 WHERE id = $1", [taken, smokeTestUser]);

  await mued.sqitch("revert", "-y", "--to", changes[1]!);
  expect(await mued.query("SELECT id, user_id FROM ai_dialogue_log")).toEqual([{ id: taken, user_id: smokeTestUser }]);
});

test("a key that was found NOT VALID comes back so, with the rows it did not hold for", async () => {
  const mued = await baseline.clone("found_not_valid");
  await mued.query(baseVersion);
  await mued.query("UPDATE ai_dialogue_log SET user_id = $1", [nobody]);
  await mued.query(
    `ALTER TABLE ai_dialogue_log ADD CONSTRAINT fk_ai_dialogue_user
       FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
     COMMENT ON CONSTRAINT fk_ai_dialogue_user ON ai_dialogue_log IS 'For the archive.'`,
  );
  const found = async () => ({
    keys: await mued.query(
      `SELECT pg_get_constraintdef(oid) AS key, obj_description(oid) AS comment FROM pg_constraint
       WHERE contype = 'f' AND conrelid = 'ai_dialogue_log'::regclass`,
    ),
    users: await mued.query("SELECT user_id FROM ai_dialogue_log"),
  });
  const before = await found();
  await mued.sqitch("deploy", "--verify");
  expect((await found()).users).toEqual([{ user_id: null }, { user_id: null }]);

  await mued.sqitch("revert", "-y", "--to", changes[1]!);
  expect(await found()).toEqual(before);
  expect(await mued.existingTables()).not.toContain("rag_orphans");
  // Killed after its COMMIT, it runs again: it does not take the key for its own.
  await mued.postgres.psql(mued.owner, ["--file", join(mued.project, "revert", `${changes[2]}.sql`)]);
  expect(await found()).toEqual(before);
});

test("users and materials are written while the rows come back", async () => {
  const mued = await withoutKeys.clone("written_while_reverted");
  await addDialogue(mued, nobody);
  await mued.sqitch("deploy", "--verify");
  await mued.postgres.connected(mued.superuser, async (holder) => {
    // The last statement waits for it, when the rows are moved.
    await holder.query("BEGIN; LOCK TABLE rag_orphans IN ACCESS SHARE MODE");
    const reversion = mued.sqitch("revert", "-y", "--to", changes[1]!);
    await mued.postgres.connected(mued.superuser, async (writer) => {
      const moving = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND query LIKE 'DROP TABLE public.rag_orphans%'`;
      while ((await writer.query(moving)).rowCount === 0) await sleep(20);
      await writer.query("SET lock_timeout = '500ms'");
      await writer.query("INSERT INTO users (clerk_id, email) VALUES ('late', 'late@mued.invalid')");
      await writer.query("INSERT INTO materials (title) VALUES ('Late')");
    });
    await holder.query("COMMIT");
    await reversion;
  });
  expect(await mued.query("SELECT user_id FROM ai_dialogue_log")).toEqual([{ user_id: nobody }]);
});

test("content of another type than material is not the key's business", async () => {
  const mued = await withoutKeys.clone("polymorphic");
  const note = await addProvenance(mued, { type: "note", id: nothing });
  await mued.sqitch("deploy", "--verify");
  const video = await addProvenance(mued, { type: "video", id: nothing });

  expect(await mued.query("SELECT id, material_id FROM provenance ORDER BY created_at")).toEqual([
    { id: note, material_id: null },
    { id: video, material_id: null },
  ]);
  await expect(addProvenance(mued, { type: "material", id: nothing })).rejects.toThrow(
    'violates foreign key constraint "fk_provenance_content"',
  );
  await expect(mued.query("UPDATE provenance SET content_type = 'material' WHERE id = $1", [note])).rejects.toThrow(
    'violates foreign key constraint "fk_provenance_content"',
  );
  expect(await orphans(mued)).toEqual([]);
});

test("a deleted user takes dialogues along, a deleted material its provenance", async () => {
  const mued = await withoutKeys.clone("deleted");
  await mued.sqitch("deploy", "--verify");
  const [kept, deleted] = [await addMaterial(mued), await addMaterial(mued)];
  await addDialogue(mued, smokeTestUser);
  const anonymous = await addDialogue(mued);
  const provenance = await addProvenance(mued, { type: "material", id: kept }, smokeTestUser);
  await addProvenance(mued, { type: "material", id: deleted });
  await mued.query("DELETE FROM users WHERE id = $1", [smokeTestUser]);
  await mued.query("DELETE FROM materials WHERE id = $1", [deleted]);

  expect(await mued.query("SELECT id FROM ai_dialogue_log")).toEqual([{ id: anonymous }]);
  expect(await mued.query("SELECT id, acquired_by FROM provenance")).toEqual([{ id: provenance, acquired_by: null }]);
});
