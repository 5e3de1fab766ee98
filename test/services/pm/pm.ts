/** Description of PM's database for the tests. */
import { join } from "node:path";
import { systemFile, type SystemDatabase, type SystemDefinition } from "../system-database";

/** Tables that each change creates. The changes are in the runbook's order. */
export const tablesOf: Readonly<Record<string, readonly string[]>> = {
  V3_008_neo4j_sync_backlog: ["neo4j_sync_backlog", "neo4j_circuit_breaker"],
  V3_008_indexes: [],
  V3_009_budget_allocations: ["budget_allocations"],
  V3_010_jira_issue_tracking: [],
  V3_010_conflict_targets: [],
  V3_011_neo4j_dead_letter: ["neo4j_sync_dead_letter"],
  V3_012_observability: ["performance_metrics", "error_aggregation", "error_occurrences", "tracing_spans"],
  V3_013_user_features: [
    "user_preferences",
    "notification_preferences",
    "saved_filters",
    "custom_dashboards",
    "report_schedules",
    "report_runs",
    "user_activity_log",
    "feedback_tickets",
  ],
  V3_014_named_versions: [],
};

export const changes = Object.keys(tablesOf);
export const tables = Object.values(tablesOf).flat();
export const views = ["performance_metrics_hourly", "error_summary"];

/** Indexes on existing tables that are built concurrently, by change. */
export const concurrentIndexes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  V3_008_indexes: {
    idx_ai_usage_costs_created: "ai_usage_costs",
    idx_opportunities_status: "opportunities",
    idx_opportunity_signals_signal: "opportunity_signals",
    idx_signals_created: "signals",
    idx_signals_source: "signals",
  },
  V3_010_conflict_targets: { idx_opportunities_jira_issue_key: "opportunities", idx_signals_external_id: "signals" },
};

export const pmSystem: SystemDefinition = {
  name: "pm",
  roles: "CREATE ROLE pm_app LOGIN; CREATE ROLE pm_read_only LOGIN",
  baseline: [systemFile("pm", "baseline.sql")],
  changes,
  tables,
};

/** User that baseline.sql inserts. */
export const smokeTestUser = "00000000-0000-4000-8000-000000000001";

/** Runs scripts of these changes as the owner without Sqitch, as if Sqitch had been killed before it recorded them. */
export function runScripts(
  pm: SystemDatabase,
  kind: "deploy" | "verify" | "revert",
  some: readonly string[],
): Promise<string> {
  const files = some.flatMap((change) => ["--file", join(pm.project, kind, `${change}.sql`)]);
  return pm.postgres.psql(pm.owner, ["--tuples-only", "--no-align", ...files]);
}

/** Adds a signal and returns its id. */
export async function addSignal(pm: SystemDatabase, externalId: string | null, source = "slack"): Promise<string> {
  const [row] = await pm.query<{ id: string }>(
    "INSERT INTO public.signals (source, content, external_id) VALUES ($1, 'Exports are slow', $2) RETURNING id",
    [source, externalId],
  );
  return row!.id;
}

/** Adds an opportunity and returns its id. */
export async function addOpportunity(pm: SystemDatabase, title = "Faster exports"): Promise<string> {
  const [row] = await pm.query<{ id: string }>("INSERT INTO public.opportunities (title) VALUES ($1) RETURNING id", [
    title,
  ]);
  return row!.id;
}

/** Queues a failed write to Neo4j after `retries` attempts, and returns its id. */
export async function addToBacklog(pm: SystemDatabase, entity: string, retries = 0): Promise<number> {
  const [row] = await pm.query<{ id: number }>(
    `INSERT INTO public.neo4j_sync_backlog (operation, entity_type, entity_id, status, retry_count, last_error)
     VALUES ('update', 'signal', $1, CASE $2::integer WHEN 0 THEN 'pending' ELSE 'failed' END, $2::integer,
       CASE $2::integer WHEN 0 THEN NULL ELSE 'Neo4j does not answer' END)
     RETURNING id::integer`,
    [entity, retries],
  );
  return row!.id;
}

/** Clones the baseline, and deploys the changes before this one without Sqitch. */
export async function before(baseline: SystemDatabase, change: string, database: string): Promise<SystemDatabase> {
  const pm = await baseline.clone(database);
  await runScripts(pm, "deploy", changes.slice(0, changes.indexOf(change)));
  return pm;
}

/** Valid indexes among those that the change builds concurrently. */
export const validIndexes = async (pm: SystemDatabase, change: string) => {
  const rows = await pm.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index
     WHERE indexrelid::regclass::text = ANY ($1::text[]) AND indisvalid AND indisready ORDER BY 1`,
    [Object.keys(concurrentIndexes[change]!)],
  );
  return rows.map(({ name }) => name);
};
