/** "Verify tables created" and "Check foreign key constraints" on a schema of the team's own: what is missing or wrong is named. */
import { migrated, prerequisites } from "../../../systems/omniops/checks";
import { omniopsConfiguration } from "../../../systems/omniops/settings";
import { omniopsParts, phase4ForeignKeys, schemaChecks, type OmniopsPart } from "../../../systems/omniops/schema";
import { expectComplaintsAfter, runAsOwner, schemaStep } from "../schema-checks";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { declared } from "../../support/declared";
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

describe("Verify Migration", () => {
  const declaredOmniops = declared(omniopsConfiguration);
  const hint = "Add each NOT VALID, and validate it afterwards, so that nobody waits for a lock.";

  test("passes on what was deployed, and shows the row counts", async () => {
    const { code, stdout } = await runAsOwner(omniops, migrated(declaredOmniops));
    expect(stdout).toBe(`       {"rows":"0"}
ok     the rows of sentiment_analysis can be counted
       {"rows":"0"}
ok     the rows of response_suggestions can be counted
       {"rows":"0"}
ok     the rows of conversation_categories can be counted
ok     the foreign keys are there
ok     the foreign keys hold for every row
5 of 5 checks passed
`);
    expect(code).toBe(0);
  });

  test.each([
    [
      "none of the foreign keys",
      phase4ForeignKeys.map(({ table, name }) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}`).join("; "),
      /the foreign keys are there: missing is \["fk_sentiment_message: sentiment_analysis to messages ON DELETE CASCADE","fk_sentiment_conversation: .*\.\.\., expected \[\]/,
    ],
    [
      "one that is not validated",
      "ALTER TABLE escalation_events DROP CONSTRAINT fk_escalation_event_rule, ADD CONSTRAINT fk_escalation_event_rule FOREIGN KEY (rule_id) REFERENCES escalation_rules (id) ON DELETE CASCADE NOT VALID",
      /the foreign keys hold for every row: not_validated is \["fk_escalation_event_rule on escalation_events"\], expected \[\]/,
    ],
  ])("fails with %s", async (title, mutation, complaint) => {
    const broken = await omniops.clone(title.replaceAll(" ", "_"));
    await broken.query(mutation);
    const { code, stderr } = await runAsOwner(broken, migrated(declaredOmniops));
    expect(stderr).toMatch(complaint);
    if (title.startsWith("none")) expect(stderr).toContain(hint);
    expect(code).toBe(1);
  });

  test("of a team's own asks for the foreign key that the guide names", async () => {
    const own = { ...declaredOmniops, schemaIsShipped: false };
    await expectComplaintsAfter(omniops, migrated(own).slice(3), {
      "ALTER TABLE escalation_events DROP CONSTRAINT fk_escalation_event_rule": "nothing",
      "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message":
        'the foreign keys are there: missing is ["fk_sentiment_message: sentiment_analysis to messages ON DELETE CASCADE"], expected []',
    });
  });
});

test("extensions that are not on the search path are named before anything is changed", async () => {
  const check = prerequisites(declared(omniopsConfiguration).settings).filter(({ name }) =>
    name.includes("extensions"),
  );
  await expectComplaintsAfter(omniops, check, {
    SELECT: "nothing",
    "CREATE SCHEMA extensions; ALTER EXTENSION vector SET SCHEMA extensions; ALTER EXTENSION pg_trgm SET SCHEMA extensions":
      'the extensions vector and pg_trgm: not_on_search_path is ["vector in extensions","pg_trgm in extensions"], expected []',
    "DROP EXTENSION pg_trgm CASCADE": 'the extensions vector and pg_trgm: missing is ["pg_trgm"], expected []',
  });
});

test("without foreign keys none is looked for", async () => {
  const there = (Object.keys(omniopsParts) as OmniopsPart[]).filter((part) => part !== "foreign_keys");
  await expectComplaintsAfter(omniops, schemaStep("omniops", omniopsParts, schemaChecks, there), {
    "ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message": "nothing",
  });
});
