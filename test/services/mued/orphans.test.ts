/** "Step 1.7: Execute Foreign Keys Migration (0004)": orphaned rows are set aside, and a revert restores them. */
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, addMaterial, addProvenance, changes, muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(60_000);

const nobody = "00000000-0000-4000-9000-000000000001";
const nothing = "00000000-0000-4000-9000-000000000002";
let withoutKeys: SystemDatabase;

startSystem(muedSystem, async (created) => {
  withoutKeys = created;
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
