/** Steps 1.4, 1.6 and 1.8, and "Phase 2: Data Validation", on a schema of the team's own: what is missing or wrong is named. */
import { smokeTests } from "../../../systems/mued/checks";
import { muedParts, schemaChecks } from "../../../systems/mued/schema";
import { muedConfiguration } from "../../../systems/mued/settings";
import { declared } from "../../support/declared";
import { expectComplaintsAfter, runAsOwner, schemaStep } from "../schema-checks";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { muedSystem } from "./mued";

let mued: SystemDatabase;

startSystem(muedSystem, async (created) => {
  mued = created;
  await mued.sqitch("deploy");
});

const checks = schemaStep("mued", muedParts, schemaChecks);

test("a schema that has everything passes", async () =>
  expect(await runAsOwner(mued, checks)).toEqual({
    code: 0,
    stdout: `ok     the parts of the schema
ok     test 2: the columns of ai_dialogue_log
ok     test 3: the enums
ok     test 4: the default plugins
ok     the indexes idx_ai_dialogue_created_at
ok     test 5: the indexes of the four tables
ok     the indexes idx_ai_dialogue_user_created, idx_provenance_expiring, idx_rag_metrics_date_unique, idx_plugin_enabled_healthy
ok     the foreign keys fk_ai_dialogue_user, fk_provenance_content, fk_provenance_acquired_by
ok     every index is valid
ok     every constraint is validated
10 of 10 checks passed
`,
    stderr: "",
  }));

test("each fault is named", () =>
  expectComplaintsAfter(mued, checks, {
    "ALTER TABLE provenance DROP COLUMN retention_years CASCADE; DROP INDEX idx_plugin_enabled_healthy":
      'the parts of the schema: missing is ["rag_metrics: provenance.retention_years","rag_indexes: idx_plugin_enabled_healthy"], expected []',
    "ALTER TABLE rag_metrics_history DROP COLUMN latency_p99_ms CASCADE":
      'the parts of the schema: missing is ["daily_metrics: rag_metrics_history.latency_p99_ms"], expected []',
    "ALTER TABLE ai_dialogue_log DROP COLUMN output_tokens":
      'test 2: the columns of ai_dialogue_log: columns is "16", expected "17 or more"',
    "ALTER TYPE license_type RENAME VALUE 'cc_by' TO 'by'":
      'test 3: the enums: missing is ["license_type with cc_by"], expected []',
    "ALTER TYPE content_type RENAME TO kind":
      'test 3: the enums: missing is ["content_type with material"], expected []',
    "DELETE FROM plugin_registry WHERE source = 'local'":
      'test 4: the default plugins: missing is ["Local Materials (local)"], expected []',
    "DROP INDEX idx_ai_dialogue_created_at":
      'the indexes idx_ai_dialogue_created_at: missing is ["idx_ai_dialogue_created_at on ai_dialogue_log"], expected []',
    "DROP INDEX idx_rag_metrics_date_unique; CREATE INDEX idx_rag_metrics_date_unique ON rag_metrics_history (date)":
      'the indexes idx_ai_dialogue_user_created, idx_provenance_expiring, idx_rag_metrics_date_unique, idx_plugin_enabled_healthy: missing is ["idx_rag_metrics_date_unique is not unique"], expected []',
    "DROP INDEX idx_provenance_expiring; CREATE INDEX idx_provenance_expiring ON users (id)":
      'the indexes idx_ai_dialogue_user_created, idx_provenance_expiring, idx_rag_metrics_date_unique, idx_plugin_enabled_healthy: missing is ["idx_provenance_expiring on provenance"], expected []',
    "DROP INDEX idx_ai_dialogue_session, idx_ai_dialogue_model, idx_ai_dialogue_citations, idx_ai_dialogue_uncited, idx_provenance_content":
      'test 5: the indexes of the four tables: indexes is "11", expected "12 or more"',
    "ALTER TABLE provenance DROP CONSTRAINT fk_provenance_acquired_by":
      'the foreign keys fk_ai_dialogue_user, fk_provenance_content, fk_provenance_acquired_by: missing is ["fk_provenance_acquired_by: provenance to users"], expected []',
    "UPDATE pg_constraint SET convalidated = false WHERE conname = 'fk_provenance_content'":
      'every constraint is validated: not_validated is ["fk_provenance_content on provenance"], expected []',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_plugin_source'::regclass":
      'every index is valid: invalid is ["idx_plugin_source on plugin_registry"], expected []',
  }));

test("without the optional foreign keys none is looked for", async () => {
  const there = ["rag_metrics", "rag_indexes", "daily_metrics"] as const;
  await expectComplaintsAfter(mued, schemaStep("mued", muedParts, schemaChecks, [...there]), {
    "ALTER TABLE provenance DROP CONSTRAINT fk_provenance_acquired_by": "nothing",
  });
});

test("a table that is missing, or that the login may not read, is named", () => {
  const { checks } = smokeTests(declared(muedConfiguration));
  return expectComplaintsAfter(
    mued,
    checks.filter(({ name }) => name === "the tables can be read"),
    {
      SELECT: "nothing",
      "REVOKE SELECT ON provenance FROM mued": 'the tables can be read: unreadable is ["provenance"], expected []',
      "DROP TABLE plugin_registry": 'the tables can be read: unreadable is ["plugin_registry"], expected []',
    },
  );
});
