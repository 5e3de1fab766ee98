/** Checks of the runbook before and after the deployment, with the expected answers. */
import type { Check, HttpCheck } from "../../components/checks";
import { existingSchema, postgresAtLeast, redisAtLeast, rightsOn } from "../../components/system/prerequisites";
import type { System } from "../../components/system";
import type { PmSettings } from "./settings";

type Pm = System<PmSettings>;

/** Tables that must exist: the migrations build on them, and the application writes to them. */
export const existingTables = {
  own: ["users", "api_keys", "signals", "opportunities", "opportunity_signals", "ai_usage_costs"].map(
    (table) => `public.${table}`,
  ),
};

/** "Pre-Deployment Checklist", as far as a machine can tell. */
export const prerequisites = ({ postgres }: PmSettings): readonly Check[] => [
  postgresAtLeast(14, "pm"),
  existingSchema("PM Intelligence", "pm", existingTables.own),
  // Where the database exists, the application may log in as another role, whose rights every system checks.
  ...(postgres.engine === "existing" ? [] : [rightsOn("pm_app", existingTables.own)]),
  {
    name: "pg_stat_statements",
    sql: "SELECT count(*) >= 0 AS readable FROM pg_stat_statements",
    row: { readable: true },
    hint: "The check of slow queries reads it: add pg_stat_statements to shared_preload_libraries and CREATE EXTENSION pg_stat_statements.",
    withinSeconds: 0,
  },
  redisAtLeast("6", "[6-9]|\\d\\d", "pm"),
  {
    name: "Redis forgets nothing",
    redis: ["INFO", "memory"],
    matches: "maxmemory_policy:noeviction",
    hint: "The flag of the maintenance mode is in it, and must not be evicted in the middle of a migration: set maxmemory-policy to noeviction.",
    withinSeconds: 0,
  },
];

/** Time for a refresh: the views cover everything that was measured. */
export const refreshDeadlineSeconds = 1800;

export const refresh: Check = {
  name: "the views are refreshed",
  sql: "SELECT refresh_observability_views()",
  timeoutSeconds: refreshDeadlineSeconds - 60,
  withinSeconds: 0,
};

/** "Verify site accessible": as its users see it, without the key that opens it in maintenance. */
export const accessible: readonly Check[] = [
  { name: "the homepage is back", url: "${FRONTEND_URL}/", mediaType: "text/html" },
  {
    name: "the API is back",
    url: "${BACKEND_URL}/api/signals?limit=1",
    headers: { Authorization: "Bearer ${TEST_API_KEY}" },
    answer: "<array>",
  },
];

/** "Initialize Materialized Views". The first REFRESH of the runbook would block whoever reads them. */
export const views = (pm: Pm): readonly Check[] =>
  pm.has("observability")
    ? [
        refresh,
        {
          name: "the views can be read",
          sql: "SELECT (SELECT count(*) FROM performance_metrics_hourly) >= 0 AND (SELECT count(*) FROM error_summary) >= 0 AS readable",
          row: { readable: true },
          withinSeconds: 0,
        },
      ]
    : [];

/** Headers that are answered in maintenance mode too. Nobody else may be answered before these checks pass. */
const inMaintenance = { "X-Maintenance-Bypass": "${ADMIN_KEY}" };
const asUser = { ...inMaintenance, Authorization: "Bearer ${TEST_API_KEY}" };
const asAdmin = { ...inMaintenance, Authorization: "Bearer ${ADMIN_KEY}" };
const get = (name: string, path: string, expected: Partial<HttpCheck>): HttpCheck => ({
  name,
  url: `\${BACKEND_URL}${path}`,
  headers: asUser,
  ...expected,
});

/** Rows that only the smoke tests write, also those that an earlier test left when it was killed. */
const testSignal = "Test signal ${DEPLOYMENT}";
const testSignals = "source = 'test' AND content ~ '^Test signal [0-9a-f]{8}$'";

/** The runbook's image is v2.0, and says of itself that it is 2.0. */
const version = ({ settings }: Pm) => settings.release.replace(/^v/, "");

/** "Verify Backend Services", before the frontend is rolled out. */
export const backendServices = (pm: Pm): readonly Check[] => [
  get("the version", "/health", { answer: { status: "ok", version: version(pm) } }),
  get("the database connection", "/api/signals?limit=1", { answer: "<array>" }),
];

/** "Smoke Tests", "Monitor Key Metrics", "Database Health", "Verify Frontend". */
export function smokeTests(pm: Pm): { checks: readonly Check[]; cleanup: readonly Check[] } {
  const { thresholds, performanceMetrics, errorAggregation } = pm.settings;
  const admin = (name: string, path: string, answer: HttpCheck["answer"]) =>
    get(name, `/api/admin/observability/${path}`, { headers: asAdmin, answer });
  return {
    checks: [
      get("1. health check", "/api/health", { answer: { status: "ok", version: version(pm) } }),
      get("2. authentication", "/api/signals", { answer: "<array>" }),
      {
        name: "3. create signal",
        url: "${BACKEND_URL}/api/signals",
        headers: asUser,
        body: { content: testSignal, source: "test" },
        status: 201,
      },
      get("4. get opportunities", "/api/opportunities", { answer: "<array>" }),
      get("5. export data", "/api/signals/export?format=csv", { mediaType: "text/csv", timeoutSeconds: 60 }),
      ...(pm.has("observability")
        ? [
            admin("6. observability dashboard", "health", { status: "healthy" }),
            ...(performanceMetrics ? [admin("performance metrics", "performance/stats?hours=1", "<object>")] : []),
            // A rate is of what was measured.
            ...(performanceMetrics && errorAggregation
              ? [admin("error rates", "errors/stats?hours=1", "<object>")]
              : []),
            get("Prometheus metrics", "/api/admin/observability/metrics/prometheus", {
              headers: asAdmin,
              metrics: ["requests_total", "request_duration_ms", "errors_total", "error_rate", "system_health"].map(
                (metric) => `pm_${metric}`,
              ),
            }),
          ]
        : []),
      {
        ...get("response time and error rate", "/api/signals?limit=1", { answer: "<array>" }),
        // The application's own figures are of a whole hour, and so of the release before too.
        load: { requests: 200, errorPercent: thresholds.errorRate, p95Milliseconds: thresholds.p95Milliseconds },
      },
      ...databaseHealth,
      { name: "the homepage", url: "${FRONTEND_URL}/", headers: inMaintenance, mediaType: "text/html" },
      {
        ...get("the API through the frontend", "/api/health", { answer: { status: "ok" } }),
        url: "${FRONTEND_URL}/api/health",
      },
    ],
    cleanup: [{ name: "the test signal is removed", sql: removal(pm), withinSeconds: 5 }],
  };
}

/** SQL that removes the test signal, and its entry in the backlog of Neo4j. */
function removal(pm: Pm): string {
  const signals = `DELETE FROM signals WHERE ${testSignals}`;
  if (!pm.has("neo4j_sync_backlog")) return signals;
  return `WITH removed AS (${signals} RETURNING id::text AS id)
    DELETE FROM neo4j_sync_backlog WHERE entity_type = 'signal' AND entity_id IN (SELECT id FROM removed)`;
}

/** "Database Health": connections, slow queries, table sizes. */
const databaseHealth: readonly Check[] = [
  {
    name: "connections",
    sql: `SELECT count(*) FILTER (WHERE state = 'active')::int AS active, count(*) < 0.8 * current_setting('max_connections')::int AS some_left
      FROM pg_stat_activity WHERE backend_type = 'client backend'`,
    row: { some_left: true },
    show: true,
    hint: "More than 80 per cent of max_connections are in use.",
  },
  {
    // They are those since the server's statistics began, and so no judgement of the release: for people to look at.
    name: "slow queries",
    sql: `SELECT round(mean_exec_time) AS milliseconds, calls, left(query, 80) AS query FROM pg_stat_statements
      WHERE userid = current_user::regrole AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY mean_exec_time DESC LIMIT 10`,
    show: true,
    withinSeconds: 0,
  },
  {
    name: "table sizes",
    sql: `SELECT relname AS table, pg_size_pretty(pg_total_relation_size(oid)) AS size FROM pg_class
      WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC LIMIT 10`,
    show: true,
    withinSeconds: 0,
  },
];
