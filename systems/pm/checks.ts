/** Checks of the runbook before and after the deployment, with the expected answers. */
import type { Check, Cleanup, HttpCheck } from "../../components/checks";
import { maintenanceOff, writesEnded } from "../../components/checks/maintenance";
import { notification } from "../../components/checks/notification";
import { reasons } from "../../components/system/fixed-checks";
import { existingSchema, postgresAtLeast, redisAnswers, rightsOn } from "../../components/system/prerequisites";
import { asUsersReach } from "../../components/system/public-url";
import { readable } from "../../components/system/schema-checks";
import { isStandIn, type Declared } from "../../components/system/settings";
import { buildable } from "./buildable";
import { flagsOf, type PmSettings } from "./settings";

type Pm = Declared<PmSettings>;

/** Tables that must exist: the migrations build on them, and the application writes to them. */
export const existingTables = {
  own: ["users", "api_keys", "signals", "opportunities", "opportunity_signals", "ai_usage_costs"].map(
    (table) => `public.${table}`,
  ),
};

/** "Pre-Deployment Checklist", as far as a machine can tell. */
export const prerequisites = (pm: Pick<Pm, "settings" | "schemaIsShipped" | "deploys">): readonly Check[] => [
  // The runbook names no version. The shipped migrations replace triggers (14), the check of slow queries reads
  // mean_exec_time (13).
  postgresAtLeast(pm.schemaIsShipped ? 14 : 13, "pm"),
  existingSchema("PM Intelligence", "pm", existingTables.own),
  // Where the database exists, the application may log in as another role, whose rights every system checks.
  ...(pm.settings.postgres.engine === "existing" ? [] : [rightsOn("pm_app", existingTables.own)]),
  ...buildable((change) => pm.deploys(change)),
  {
    name: "pg_stat_statements",
    // A question that finds nothing is recorded, and found by the next.
    sql: "SELECT EXISTS (SELECT FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname = current_database()) AS records",
    row: { records: true },
    hint: "The check of slow queries reads it: add pg_stat_statements to shared_preload_libraries and CREATE EXTENSION pg_stat_statements. If it is there and records nothing, pg_stat_statements.track is none.",
  },
  redisAnswers("pm", pm.settings.redis),
  {
    name: "Redis keeps what does not expire",
    redis: ["INFO", "memory"],
    // The others evict keys that expire, and the flag does not.
    matches: "maxmemory_policy:(noeviction|volatile-)",
    hint: "The flag of the maintenance mode is in it, and must not be evicted in the middle of a migration: set maxmemory-policy to noeviction, or to one that begins with volatile.",
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

/** "Verify site accessible": as its users see it. */
export const accessible = ({ settings }: Pm): readonly Check[] => [
  { name: "the homepage is back", url: "${FRONTEND_URL}/", mediaType: "text/html" },
  {
    name: "the API is back",
    url: "${BACKEND_URL}/api/signals?limit=1",
    headers: { Authorization: "Bearer ${TEST_API_KEY}" },
    answer: "<array>",
  },
  ...asUsersReach(settings, "/", { mediaType: "text/html" }),
  ...asUsersReach(settings, "/api/health", { answer: { status: "ok" } }),
  ...asUsersReach(settings, "/api/signals", {
    headers: { Authorization: "Bearer ${TEST_API_KEY}" },
    answer: "<array>",
  }),
];

/** "Initialize Materialized Views". The first REFRESH of the runbook would block whoever reads them. */
export const views = (pm: Pm): readonly Check[] =>
  pm.has("observability")
    ? [refresh, readable("the views can be read", ["performance_metrics_hourly", "error_summary"])]
    : [];

/** Headers with which a request is answered in maintenance mode too. None if the application knows no such header. */
const bypass = ({ settings: { maintenance } }: Pm): Readonly<Record<string, string>> =>
  maintenance.bypassHeader === undefined ? {} : { [maintenance.bypassHeader]: "${ADMIN_KEY}" };

/** Tells whether the release can be tested while nobody else is answered. */
export const isTestedInMaintenance = ({ maintenance }: PmSettings): boolean => maintenance.bypassHeader !== undefined;

const asUser = (pm: Pm) => ({ ...bypass(pm), Authorization: "Bearer ${TEST_API_KEY}" });
const asAdmin = (pm: Pm) => ({ ...bypass(pm), Authorization: "Bearer ${ADMIN_KEY}" });
const get = (pm: Pm, name: string, path: string, expected: Partial<HttpCheck>): HttpCheck => ({
  name,
  url: `\${BACKEND_URL}${path}`,
  headers: asUser(pm),
  ...expected,
});

const createSignal = "3. create signal";

/** Rows that only the smoke tests write, also those that an earlier test left when it was killed. */
const testSignal = "Test signal ${DEPLOYMENT}";
const testSignals = "source = 'test' AND content ~ '^Test signal [0-9a-f]{8}$'";

/** The runbook's image is v2.0, and says of itself that it is 2.0. */
const version = ({ settings }: Pm) => settings.release.replace(/^v/, "");

const databaseConnection = (pm: Pm) =>
  get(pm, "the database connection", "/api/signals?limit=1", { answer: "<array>" });

/** "Verify Backend Services", before the frontend is rolled out: what is answered in maintenance mode. */
export const backendServices = (pm: Pm): readonly Check[] => [
  get(pm, "the version", "/health", { answer: { status: "ok", version: version(pm) } }),
  ...(isTestedInMaintenance(pm.settings) ? [databaseConnection(pm)] : []),
];

/**
 * "Smoke Tests", "Monitor Key Metrics", "Database Health", "Verify Frontend". The runbook does not say what is in the
 * answers of the dashboard, nor that the frontend hands on requests of the API: that is the stand-in's.
 */
export function smokeTests(pm: Pm): { checks: readonly Check[]; cleanup: readonly Cleanup[] } {
  const { thresholds, performanceMetrics, errorAggregation } = pm.settings;
  const standIn = isStandIn(pm.settings);
  const stats = standIn ? "<object>" : undefined;
  const admin = (name: string, path: string, answer: HttpCheck["answer"]) =>
    get(pm, name, `/api/admin/observability/${path}`, { headers: asAdmin(pm), answer });
  return {
    checks: [
      ...(isTestedInMaintenance(pm.settings) ? [] : [databaseConnection(pm)]),
      get(pm, "1. health check", "/api/health", { answer: { status: "ok" } }),
      get(pm, "2. authentication", "/api/signals", { answer: "<array>" }),
      {
        name: createSignal,
        url: "${BACKEND_URL}/api/signals",
        headers: asUser(pm),
        body: { content: testSignal, source: "test" },
        status: 201,
      },
      get(pm, "4. get opportunities", "/api/opportunities", { answer: "<array>" }),
      get(pm, "5. export data", "/api/signals/export?format=csv", { mediaType: "text/csv", timeoutSeconds: 60 }),
      ...(pm.has("observability")
        ? [
            admin("6. observability dashboard", "health", standIn ? { status: "healthy" } : "<object>"),
            ...(performanceMetrics ? [admin("performance metrics", "performance/stats?hours=1", stats)] : []),
            // A rate is of what was measured.
            ...(performanceMetrics && errorAggregation ? [admin("error rates", "errors/stats?hours=1", stats)] : []),
            get(pm, "Prometheus metrics", "/api/admin/observability/metrics/prometheus", {
              headers: asAdmin(pm),
              metrics: [
                { metric: "pm_requests_total" },
                { metric: "pm_request_duration_ms" },
                { metric: "pm_errors_total", orDescribed: true },
                { metric: "pm_error_rate" },
                { metric: "pm_system_health" },
              ],
            }),
          ]
        : []),
      {
        ...get(pm, "response time and error rate", "/api/signals?limit=1", { answer: "<array>" }),
        // The application's own figures are of a whole hour, and so of the release before too.
        load: {
          requests: thresholds.requests,
          requestsKey: "pm:thresholds.requests",
          errorPercent: thresholds.errorRate,
          p95Milliseconds: thresholds.p95Milliseconds,
        },
      },
      ...databaseHealth,
      { name: "the homepage", url: "${FRONTEND_URL}/", headers: bypass(pm), mediaType: "text/html" },
      ...(standIn ? [throughFrontend(pm)] : []),
    ],
    cleanup: [{ name: "the test signal is removed", of: [createSignal], sql: removal(pm), withinSeconds: 5 }],
  };
}

const throughFrontend = (pm: Pm): Check => ({
  ...get(pm, "the API through the frontend", "/api/health", { answer: { status: "ok" } }),
  url: "${FRONTEND_URL}/api/health",
});

/** Checks that the stack may change by their names. */
export const changeable = (pm: Pm): readonly Check[] => [
  ...prerequisites(pm),
  ...views(pm),
  ...backendServices(pm),
  ...smokeTests(pm).checks,
  ...smokeTests(pm).cleanup,
  ...(pm.has("neo4j_sync_dead_letter") ? [backlogCleanUp] : []),
  ...accessible(pm),
];

/** Checks that the stack may not change, with the reason. */
export function fixedChecks(settings: PmSettings): Record<string, string> {
  const ofMaintenance = [...writesEnded(0), ...maintenanceOff(flagsOf(settings))];
  const message = notification({ variable: "", key: "" }, []);
  return {
    ...reasons(
      ofMaintenance.map(({ name }) => name),
      "nothing may be written while the data is backed up and migrated; pm:maintenance has the flag",
    ),
    ...reasons([message.name], "it is the message itself; without pm:slackWebhookUrl nobody is notified"),
  };
}

/** The nightly clean-up of the backlog. */
export const backlogCleanUp: Check = {
  name: "backlog clean-up",
  url: "${BACKEND_URL}/api/admin/neo4j/backlog/cleanup",
  method: "POST",
  headers: { Authorization: "Bearer ${ADMIN_KEY}" },
  timeoutSeconds: 240,
};

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
