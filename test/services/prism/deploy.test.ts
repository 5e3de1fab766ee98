/** Deployment and revert of all changes of PRISM on a real PostgreSQL. */
import { addFeedback, changes, feedback, prismSystem, tables } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addRowsEverywhere, countRows } from "./rows";

jest.setTimeout(120_000);

let deployed: SystemDatabase;

startSystem(prismSystem, async (created) => {
  deployed = created;
  await deployed.sqitch("deploy", "--verify");
});

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

test("reverting goes backwards and keeps ai_feedback with its rows and protection", async () => {
  const prism = await deployed.clone("there_and_back");
  await addRowsEverywhere(prism);
  await addFeedback(prism, 20);
  const before = await feedback(prism);

  const output = await prism.sqitch("revert", "-y");

  const reverted = [...output.matchAll(/- (\w+) \.+ ok/g)].map((match) => match[1]);
  expect(reverted).toEqual([...changes].reverse());
  expect(await prism.existingTables()).toEqual(["ai_feedback"]);
  expect(await prism.deployed()).toEqual([]);
  expect(await feedback(prism)).toEqual(before);
  expect(before.rows).toBe(21);
  expect(await prism.query("SELECT relrowsecurity FROM pg_class WHERE oid = 'public.ai_feedback'::regclass")).toEqual([
    { relrowsecurity: true },
  ]);

  await prism.sqitch("deploy", "--verify");
  expect(await prism.deployed()).toEqual(changes);
  expect(await feedback(prism)).toEqual(before);
  await addRowsEverywhere(prism);
  expect(await countRows(prism)).toEqual({ ...Object.fromEntries(tables.map((table) => [table, 1])), ai_feedback: 22 });
});

test("going back to ml_models and forward again keeps the rows of what stayed", async () => {
  const prism = await deployed.clone("back_to_ml_models");
  await addRowsEverywhere(prism);
  await addFeedback(prism, 1000);
  const before = await feedback(prism);

  await prism.sqitch("revert", "-y", "--to", "ml_models");
  expect(await prism.deployed()).toEqual(changes.slice(0, 4));
  expect(await prism.existingTables()).toEqual(tables.slice(0, 4));
  expect(await prism.sqitch("verify", "--to", "ml_models")).toContain("Verify successful");
  expect(await feedback(prism)).toEqual(before);
  // ai_feedback stays, with all of its indexes.
  const index =
    "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('public.idx_feedback_training')";
  expect(await prism.query(index)).toEqual([{ valid: true }]);

  await prism.sqitch("deploy", "--verify");
  expect(await prism.deployed()).toEqual(changes);
  expect(await feedback(prism)).toEqual(before);
  expect(before.rows).toBe(1001);
  expect(await countRows(prism)).toEqual({
    ai_feedback: 1001,
    invoice_validations: 1,
    business_classification_patterns: 1,
    ml_models: 1,
    user_insights: 0,
    user_tax_profiles: 0,
    profile_corrections: 0,
  });
});

/** Functions and triggers of the schema public. */
const functions = (prism: SystemDatabase) =>
  prism.query<{ name: string }>(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`,
  );

test("a changed tax profile has a new updated_at, whoever changes it", async () => {
  const prism = await deployed.clone("updated_at");
  await addRowsEverywhere(prism);
  const [row] = await prism.query<{ is_now: boolean }>(
    "UPDATE public.user_tax_profiles SET ai_confidence = 0.5, updated_at = '2000-01-01' RETURNING updated_at = now() AS is_now",
  );
  expect(row).toEqual({ is_now: true });
});

test("a table that stays keeps its trigger; one that goes takes its function along", async () => {
  const prism = await deployed.clone("back_to_the_trigger");
  const both = [{ name: "user_tax_profiles_updated_at" }, { name: "user_tax_profiles_updated_at" }];
  await prism.sqitch("revert", "-y", "--to", "user_tax_profiles");
  expect(await functions(prism)).toEqual(both);
  await prism.sqitch("revert", "-y", "--to", "user_insights");
  expect(await functions(prism)).toEqual([]);
  await prism.sqitch("deploy", "--verify");
  expect(await functions(prism)).toEqual(both);
});

test("the runbook's slow query uses the concurrent index once there is data", async () => {
  const prism = await deployed.clone("slow_query");
  await addFeedback(prism, 5000);
  await prism.query("ANALYZE public.ai_feedback");

  const plan = await prism.query<{ "QUERY PLAN": string }>(
    "EXPLAIN SELECT * FROM ai_feedback WHERE used_in_training = false ORDER BY created_at LIMIT 100",
  );

  expect(plan.map((line) => line["QUERY PLAN"]).join("\n")).toContain("Index Scan using idx_feedback_training");
});
