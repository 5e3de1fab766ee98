/** The schema of PM Intelligence's "Phase 2: Database Migration", and its "Verify Tables Created", made strict. */
import type { Check } from "../../components/checks";
import type { Parts, SchemaChecks } from "../../components/system/parts";
import { existing, unnested, validConstraints, validIndexes } from "../../components/system/schema-checks";

/** The materialized views of "Initialize Materialized Views". */
const views = ["performance_metrics_hourly", "error_summary"];

export const pmParts = {
  neo4j_sync_backlog: {
    change: "V3_008_neo4j_sync_backlog",
    needs: ["neo4j_sync_backlog.entity_type", "neo4j_sync_backlog.entity_id"],
    without: "the smoke test's signal is not removed from the backlog.",
  },
  budget_allocations: {
    change: "V3_009_budget_allocations",
    needs: ["budget_allocations"],
  },
  jira_issue_tracking: {
    change: "V3_010_conflict_targets",
    without: "the version V3_010 is not looked for in Flyway's history.",
  },
  neo4j_sync_dead_letter: {
    change: "V3_011_neo4j_dead_letter",
    needs: ["neo4j_sync_dead_letter"],
    without: "no schedule cleans up the backlog.",
  },
  observability: {
    change: "V3_012_observability",
    needs: [
      "performance_metrics",
      "error_aggregation",
      "error_occurrences",
      "tracing_spans",
      ...views,
      "refresh_observability_views()",
    ],
    without: "the views are not refreshed, and neither the dashboard nor the metrics are tested.",
  },
  scheduled_reports: {
    change: "V3_013_user_features",
    needs: ["report_schedules", "report_runs"],
    without: 'no schedule processes reports ("if implemented").',
  },
  user_features: {
    change: "V3_013_user_features",
    needs: [
      "saved_filters",
      "notification_preferences",
      "custom_dashboards",
      "user_activity_log",
      "user_preferences",
      "feedback_tickets",
    ],
  },
} satisfies Parts;

type PmPart = keyof typeof pmParts;

/** Tables that were there before, on which V3_008 and V3_010 make indexes. */
const before = ["users", "api_keys", "signals", "opportunities", "opportunity_signals", "ai_usage_costs"];

const tables = Object.values(pmParts)
  .flatMap((part) => ("needs" in part ? part.needs : []))
  .map((item) => item.replace(/[.(].*$/, ""));

/** The number of each part's version after "3.". */
const versions: Readonly<Record<PmPart, number>> = {
  neo4j_sync_backlog: 8,
  budget_allocations: 9,
  jira_issue_tracking: 10,
  neo4j_sync_dead_letter: 11,
  observability: 12,
  scheduled_reports: 13,
  user_features: 13,
};

/**
 * Checks of "Verify migrations" and "Verify Tables Created". The runbook looks for indexes with the name of a version,
 * which none has: here every index is looked at.
 */
export const schemaChecks: SchemaChecks<PmPart> = (has) => [
  versionsInHistory((Object.keys(versions) as PmPart[]).filter(has).map((part) => versions[part])),
  {
    name: "the views are materialized",
    sql: `SELECT ARRAY(SELECT name FROM ${existing(views)} WHERE relkind <> 'm' ORDER BY n) AS not_materialized`,
    row: { not_materialized: [] },
    names: true,
    hint: "The runbook refreshes both with REFRESH MATERIALIZED VIEW.",
    withinSeconds: 0,
  },
  validIndexes([...before, ...tables]),
  validConstraints([...before, ...tables]),
];

/**
 * Checks Flyway's history where there is one: other tools have their own. The last row of a version counts, since Flyway
 * adds one when it takes the version back; a baseline stands for all versions up to its own.
 */
function versionsInHistory(wanted: readonly number[]): Check {
  const numbers = [...new Set(wanted)].map(String);
  return {
    name: "the migrations in Flyway's history",
    sql: `WITH history AS (
        SELECT DISTINCT ON (numbers) string_to_array(version, '.')::numeric[] AS numbers, version, type, success
        FROM XMLTABLE('/table/row' PASSING query_to_xml(
          CASE WHEN to_regclass('flyway_schema_history') IS NULL THEN 'SELECT WHERE false'
            ELSE 'SELECT version, type, success, installed_rank AS rank FROM flyway_schema_history WHERE version IS NOT NULL' END,
          true, false, ''
        ) COLUMNS version text PATH 'version', type text PATH 'type', success boolean PATH 'success', rank int PATH 'rank')
        ORDER BY numbers, rank DESC
      )
      SELECT ARRAY(SELECT 'V' || replace(version, '.', '_') FROM history WHERE NOT success ORDER BY numbers) AS failed,
        ARRAY(
          SELECT 'V3_' || lpad(number, 3, '0') FROM ${unnested(numbers)} AS wanted (number, n)
          WHERE to_regclass('flyway_schema_history') IS NOT NULL AND NOT EXISTS (
            SELECT FROM history WHERE success AND (
              numbers = ARRAY[3, number::numeric] AND type !~ '^(UNDO|DELETE)' OR numbers >= ARRAY[3, number::numeric] AND type ~ 'BASELINE$'
            )
          ) ORDER BY n
        ) AS missing`,
    row: { failed: [], missing: [] },
    names: true,
    hint: "flyway_schema_history says so: flyway info lists it, flyway repair removes what failed, and pm:schema.without takes parts that your migrations do not make.",
    withinSeconds: 0,
  };
}
