/** Deployment and revert of all changes of OmniOps on a real PostgreSQL. */
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, omniopsSystem, tables } from "./omniops";
import { addOwner, addRowsEverywhere, countRows, everywhere } from "./rows";

jest.setTimeout(120_000);

let baseline: SystemDatabase;
let deployed: SystemDatabase;

startSystem(omniopsSystem, async (created) => {
  baseline = created;
  deployed = await baseline.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});

/** Tables, indexes, constraints, policies and functions of the schema public. */
const inPublic = (omniops: SystemDatabase) =>
  omniops.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT policyname FROM pg_policies WHERE schemaname = 'public'
     UNION ALL SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') ORDER BY 1`,
  );

test("the changes are deployed in the runbook's order, by an owner who is no superuser", async () => {
  expect(await deployed.deployed()).toEqual(changes);
  expect(await deployed.existingTables()).toEqual(tables);
  expect(await deployed.sqitch("verify")).toContain("Verify successful");
  expect(await deployed.sqitch("check")).toContain("Check successful");
  expect(await deployed.query("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")).toEqual([
    { rolsuper: false, rolbypassrls: false },
  ]);
});

test("deploying what is deployed changes nothing", async () => {
  const record = "SELECT change_id, committed_at FROM sqitch.changes ORDER BY committed_at";
  const before = await deployed.query(record);
  expect(await deployed.sqitch("deploy", "--verify")).toContain("Nothing to deploy (up-to-date)");
  expect(await deployed.query(record)).toEqual(before);
});

test("running the baseline again changes nothing", async () => {
  const count = "SELECT (SELECT count(*) FROM auth.users) + (SELECT count(*) FROM public.conversations) AS rows";
  const before = [await inPublic(deployed), await deployed.query(count)];
  expect(await deployed.runBaseline()).toBe("");
  expect([await inPublic(deployed), await deployed.query(count)]).toEqual(before);
});

test("reverting goes backwards and leaves the baseline's rows; deploying works on them", async () => {
  const omniops = await baseline.clone("there_and_back");
  const owner = await addOwner(omniops, "thompson-engineering");
  const before = await inPublic(omniops);
  await omniops.sqitch("deploy", "--verify");
  await addRowsEverywhere(omniops, owner);

  const output = await omniops.sqitch("revert", "-y");

  const reverted = [...output.matchAll(/- (\w+) \.+ ok/g)].map((match) => match[1]);
  expect(reverted).toEqual([...changes].reverse());
  expect(await omniops.deployed()).toEqual([]);
  expect(await inPublic(omniops)).toEqual(before);
  expect(await omniops.query("SELECT id, content FROM public.messages")).toEqual([
    { id: owner.message, content: "Hello" },
  ]);

  await omniops.sqitch("deploy", "--verify");
  expect(await omniops.deployed()).toEqual(changes);
  await addRowsEverywhere(omniops, owner);
  expect(await countRows(omniops)).toEqual(everywhere(1));
});

test("going back to the foreign keys before they were validated, and forward again", async () => {
  const omniops = await deployed.clone("back_to_foreign_keys");
  await omniops.sqitch("revert", "-y", "--to", "phase4_foreign_keys");
  expect(await omniops.sqitch("verify", "--to", "phase4_foreign_keys")).toContain("Verify successful");
  await omniops.sqitch("deploy", "--verify");
  expect(await omniops.deployed()).toEqual(changes);
});

/** Foreign keys of Phase 4 that are there and hold for every row, by table. */
const foreignKeys = async (omniops: SystemDatabase) => {
  const rows = await omniops.query<{ table: string; keys: number }>(
    `SELECT conrelid::regclass::text AS table, count(*)::int AS keys FROM pg_constraint
     WHERE contype = 'f' AND conname LIKE 'fk\\_%' AND convalidated GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ table, keys }) => [table, keys]));
};

const allForeignKeys = {
  sentiment_analysis: 2,
  response_suggestions: 2,
  conversation_categories: 1,
  prediction_analysis: 2,
  escalation_rules: 1,
  escalation_events: 3,
  conversation_insights: 1,
};

test.each(tables)("going back to %s, the tables that stay keep their foreign keys", async (target) => {
  const omniops = await deployed.clone(`back_to_${target}`);
  await omniops.sqitch("revert", "-y", "--to", target);
  const staying = tables.slice(0, tables.indexOf(target) + 1);
  expect(await omniops.existingTables()).toEqual(staying);
  expect(await foreignKeys(omniops)).toEqual(
    Object.fromEntries(Object.entries(allForeignKeys).filter(([table]) => staying.includes(table))),
  );
  expect(await omniops.sqitch("verify", "--to", target)).toContain("Verify successful");
  await omniops.sqitch("deploy", "--verify");
  expect(await foreignKeys(omniops)).toEqual(allForeignKeys);
  expect(await inPublic(omniops)).toEqual(await inPublic(deployed));
});

test("a changed rule has a new updated_at, also after going back to it", async () => {
  const omniops = await deployed.clone("updated_at");
  const owner = await addOwner(omniops, "thompson-engineering");
  await addRowsEverywhere(omniops, owner);
  const update = "UPDATE public.escalation_rules SET updated_at = '2000-01-01' RETURNING updated_at = now() AS is_now";
  expect(await omniops.query(update)).toEqual([{ is_now: true }]);
  await omniops.sqitch("revert", "-y", "--to", "escalation_rules");
  expect(await omniops.query(update)).toEqual([{ is_now: true }]);
});

test("with a customer everything about them goes, and nothing of another's", async () => {
  const omniops = await deployed.clone("erasure");
  const leaving = await addOwner(omniops, "techsupport-co");
  const staying = await addOwner(omniops, "fooddelivery-inc");
  await addRowsEverywhere(omniops, leaving);
  await addRowsEverywhere(omniops, staying);
  await omniops.query("DELETE FROM public.customers WHERE id = $1", [leaving.customer]);
  expect(await countRows(omniops)).toEqual(everywhere(1));
});

test("suggestions are found by part of a word, through the trigram index", async () => {
  const omniops = await deployed.clone("trigrams");
  const owner = await addOwner(omniops, "thompson-engineering");
  await omniops.query(
    `WITH message AS (
       INSERT INTO public.messages (conversation_id, role, content)
       SELECT $1, 'customer', 'Hello' FROM generate_series(1, 20000) RETURNING id
     )
     INSERT INTO public.response_suggestions (conversation_id, message_id, content, confidence, model)
     SELECT $1, id, md5(id::text), 0.5, 'test' FROM message`,
    [owner.conversation],
  );
  await omniops.query("VACUUM ANALYZE public.response_suggestions");
  const plan = await omniops.query<{ "QUERY PLAN": string }>(
    "EXPLAIN SELECT * FROM response_suggestions WHERE content LIKE '%0f1e2d%'",
  );
  expect(plan.map((line) => line["QUERY PLAN"]).join("\n")).toContain("Bitmap Index Scan on idx_suggestions_content");
});
