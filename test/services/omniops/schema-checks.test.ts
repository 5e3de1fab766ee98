/** "Verify tables created" and "Check foreign key constraints" on a schema of the team's own: what is missing or wrong is named. */
import { omniopsParts, schemaChecks, type OmniopsPart } from "../../../systems/omniops/schema";
import { expectComplaintsAfter, runAsOwner, schemaStep } from "../schema-checks";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem } from "./omniops";

let omniops: SystemDatabase;

startSystem(omniopsSystem, async (created) => {
  omniops = created;
  await omniops.sqitch("deploy");
});

const checks = schemaStep("omniops", omniopsParts, schemaChecks);

test("a schema that has everything passes", async () =>
  expect(await runAsOwner(omniops, checks)).toEqual({
    code: 0,
    stdout: `ok     the parts of the schema
ok     row security is on
ok     each table has a policy
ok     the foreign keys fk_sentiment_message
ok     every index is valid
ok     every constraint is validated
6 of 6 checks passed
`,
    stderr: "",
  }));

test("each fault is named", () =>
  expectComplaintsAfter(omniops, checks, {
    "DROP TABLE escalation_events":
      'the parts of the schema: missing is ["escalation_events: escalation_events"], expected []',
    "ALTER TABLE escalation_rules DISABLE ROW LEVEL SECURITY":
      'row security is on: off is ["escalation_rules"], expected []',
    "DROP POLICY escalation_rules_own ON escalation_rules; DROP POLICY escalation_rules_service ON escalation_rules; DROP POLICY escalation_rules_read_only ON escalation_rules":
      'each table has a policy: without_policy is ["escalation_rules"], expected []',
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message":
      'the foreign keys fk_sentiment_message: missing is ["fk_sentiment_message: sentiment_analysis to messages ON DELETE CASCADE"], expected []',
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message; ALTER TABLE sentiment_analysis ADD CONSTRAINT fk_sentiment_message FOREIGN KEY (message_id) REFERENCES messages (id)":
      'the foreign keys fk_sentiment_message: missing is ["fk_sentiment_message: sentiment_analysis to messages ON DELETE CASCADE"], expected []',
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message; ALTER TABLE sentiment_analysis ADD CONSTRAINT fk_sentiment_message FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE NOT VALID":
      'every constraint is validated: not_validated is ["fk_sentiment_message on sentiment_analysis"], expected []',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_sentiment_conversation'::regclass":
      'every index is valid: invalid is ["idx_sentiment_conversation on sentiment_analysis"], expected []',
  }));

test("without foreign keys none is looked for", async () => {
  const there = (Object.keys(omniopsParts) as OmniopsPart[]).filter((part) => part !== "foreign_keys");
  await expectComplaintsAfter(omniops, schemaStep("omniops", omniopsParts, schemaChecks, there), {
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message": "nothing",
  });
});
