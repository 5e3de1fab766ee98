/** "Verification Queries" on a schema of the team's own: what is missing or off is named. */
import { prismParts, schemaChecks } from "../../../systems/prism/schema";
import { expectComplaintsAfter, runAsOwner, schemaStep } from "../schema-checks";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { prismSystem } from "./prism";

let prism: SystemDatabase;

startSystem(prismSystem, async (created) => {
  prism = created;
  await prism.sqitch("deploy");
});

const checks = schemaStep("prism", prismParts, schemaChecks);

test("a schema that has everything passes", async () =>
  expect(await runAsOwner(prism, checks)).toEqual({
    code: 0,
    stdout: `ok     the parts of the schema
ok     row security is on
ok     ai_feedback, user_insights and user_tax_profiles have a policy
ok     ai_feedback has indexes by business, user and training status
ok     every index is valid
ok     every constraint is validated
6 of 6 checks passed
`,
    stderr: "",
  }));

test("each fault is named", () =>
  expectComplaintsAfter(prism, checks, {
    "DROP TABLE user_insights": 'the parts of the schema: missing is ["user_insights: user_insights"], expected []',
    "ALTER TABLE ai_feedback RENAME COLUMN user_id TO person": `the parts of the schema: missing is ["ai_feedback: ai_feedback.user_id"], expected []`,
    "DROP TABLE profile_corrections; ALTER TABLE ml_models DROP COLUMN is_active": `the parts of the schema: missing is ["ml_models: ml_models.is_active","user_tax_profiles: profile_corrections","training_batches: ml_models.is_active"], expected []`,
    "ALTER TABLE ml_models DISABLE ROW LEVEL SECURITY; ALTER TABLE ai_feedback DISABLE ROW LEVEL SECURITY":
      'row security is on: off is ["ai_feedback","ml_models"], expected []',
    "DROP POLICY user_insights_select_own ON user_insights; DROP POLICY user_insights_update_own ON user_insights; DROP POLICY user_insights_service ON user_insights":
      "nothing",
    "DROP POLICY user_insights_select_own ON user_insights; DROP POLICY user_insights_update_own ON user_insights; DROP POLICY user_insights_service ON user_insights; DROP POLICY user_insights_read_only ON user_insights":
      'ai_feedback, user_insights and user_tax_profiles have a policy: without_policy is ["user_insights"], expected []',
    "DROP INDEX idx_ai_feedback_user":
      'ai_feedback has indexes by business, user and training status: without_index is ["user"], expected []',
    "DROP INDEX idx_ai_feedback_waiting, idx_ai_feedback_training_batch, idx_feedback_training":
      'ai_feedback has indexes by business, user and training status: without_index is ["training"], expected []',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_ai_feedback_business'::regclass":
      'every index is valid: invalid is ["idx_ai_feedback_business on ai_feedback"], expected []',
    "ALTER TABLE ml_models ADD CONSTRAINT ml_models_later CHECK (is_active IS NOT NULL) NOT VALID":
      'every constraint is validated: not_validated is ["ml_models_later on ml_models"], expected []',
  }));

test("what a part lacks is an error that says how to do without it", async () => {
  const baseline = await prism.clone("lacking");
  await baseline.query("DROP TABLE user_insights");
  expect(await runAsOwner(baseline, checks)).toEqual({
    code: 1,
    stdout: "FAILED the parts of the schema\n",
    stderr: `FAILED the parts of the schema: missing is ["user_insights: user_insights"], expected []
  Each is a part of the schema with what it lacks in the schema public. Add that to your migrations, or list the part in prism:schema.without, and Runsheet does without it: docs/schemas.md says what then is not done.
`,
  });
});

test("without the part, nothing asks for it, and what is there of it is looked at", async () => {
  const there = Object.keys(prismParts).filter((part) => part !== "user_insights");
  await expectComplaintsAfter(prism, schemaStep("prism", prismParts, schemaChecks, there as never), {
    "DROP TABLE user_insights": "nothing",
    "ALTER TABLE user_insights DISABLE ROW LEVEL SECURITY": 'row security is on: off is ["user_insights"], expected []',
  });
});
