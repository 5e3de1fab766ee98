/** "Verify migrations" and "Verify Tables Created" on a schema of the team's own: what is missing or wrong is named. */
import { views } from "../../../systems/pm/checks";
import { pmParts, schemaChecks } from "../../../systems/pm/schema";
import { pmConfiguration } from "../../../systems/pm/settings";
import { declared } from "../../support/declared";
import { expectComplaintsAfter, runAsOwner, schemaStep } from "../schema-checks";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { pmSystem } from "./pm";

let pm: SystemDatabase;

startSystem(pmSystem, async (created) => {
  pm = created;
  await pm.sqitch("deploy");
});

const checks = schemaStep("pm", pmParts, schemaChecks);

test("a schema that has everything passes", async () =>
  expect(await runAsOwner(pm, checks)).toEqual({
    code: 0,
    stdout: `ok     the parts of the schema
ok     the migrations in Flyway's history
ok     the views are materialized
ok     every index is valid
ok     every constraint is validated
5 of 5 checks passed
`,
    stderr: "",
  }));

test("each fault is named", () =>
  expectComplaintsAfter(pm, checks, {
    "DROP TABLE report_runs, feedback_tickets":
      'the parts of the schema: missing is ["scheduled_reports: report_runs","user_features: feedback_tickets"], expected []',
    "DROP FUNCTION refresh_observability_views()":
      'the parts of the schema: missing is ["observability: refresh_observability_views()"], expected []',
    "DROP MATERIALIZED VIEW error_summary; CREATE VIEW error_summary AS SELECT 1 AS one":
      'the views are materialized: not_materialized is ["error_summary"], expected []',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_signals_source'::regclass":
      'every index is valid: invalid is ["idx_signals_source on signals"], expected []',
    "ALTER TABLE budget_allocations ADD CONSTRAINT later CHECK (id IS NOT NULL) NOT VALID":
      'every constraint is validated: not_validated is ["later on budget_allocations"], expected []',
  }));

/** Flyway's history, as Flyway makes it, with these rows: version, type, success. */
const history = (...rows: readonly (readonly [string | null, string, boolean?])[]) =>
  `CREATE TABLE flyway_schema_history (
     installed_rank integer PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
     script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
     installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, success boolean NOT NULL
   );
   INSERT INTO flyway_schema_history VALUES ${rows
     .map(
       ([version, type, success = true], rank) =>
         `(${rank + 1}, ${version === null ? "NULL" : `'${version}'`}, 'it', '${type}', 'it.sql', 1, 'pm', now(), 1, ${success})`,
     )
     .join(", ")};
   GRANT SELECT ON flyway_schema_history TO pm`;
const all = ["3.008", "3.009", "3.010", "3.011", "3.012", "3.013"].map((version) => [version, "SQL"] as const);
const without = (missing: readonly string[]) =>
  `the migrations in Flyway's history: missing is ${JSON.stringify(missing)}, expected []`;

test("Flyway's history must have each version, and none that failed", () =>
  expectComplaintsAfter(pm, checks, {
    [history(["1", "BASELINE"], ...all, [null, "SQL"])]: "nothing",
    [history(...all.slice(0, 4))]: without(["V3_012", "V3_013"]),
    [history(["3.8", "SQL"], ...all.slice(1))]: "nothing",
    [history(...all, ["3.013", "UNDO_SQL"])]: without(["V3_013"]),
    [history(...all, ["3.013", "UNDO_SQL"], ["3.013", "SQL"])]: "nothing",
    [history(...all, ["3.010", "DELETE"])]: without(["V3_010"]),
    [history(["3.012", "BASELINE"], ["3.013", "SQL"])]: "nothing",
    [history(["3.011", "SQL_BASELINE"], ["3.013", "SQL"])]: without(["V3_012"]),
    [history(...all, ["3.014", "SQL", false])]:
      'the migrations in Flyway\'s history: failed is ["V3_014"], expected []',
  }));

test("the versions of parts that are not there are not asked for", async () => {
  const there = ["neo4j_sync_backlog", "budget_allocations"] as const;
  await expectComplaintsAfter(pm, schemaStep("pm", pmParts, schemaChecks, [...there]), {
    [history(...all.slice(0, 2))]: "nothing",
    [history(...all.slice(0, 1))]: without(["V3_009"]),
  });
});

test("a view that is not filled, or that nobody may read, cannot be read", () =>
  expectComplaintsAfter(pm, views(declared(pmConfiguration)).slice(1), {
    SELECT: "nothing",
    "REFRESH MATERIALIZED VIEW error_summary WITH NO DATA":
      'the views can be read: unreadable is ["error_summary"], expected []',
    "REVOKE SELECT ON performance_metrics_hourly FROM pm":
      'the views can be read: unreadable is ["performance_metrics_hourly"], expected []',
    "DROP MATERIALIZED VIEW error_summary": 'the views can be read: unreadable is ["error_summary"], expected []',
  }));
