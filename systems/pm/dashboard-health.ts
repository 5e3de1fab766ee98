/** Rows of "System health dashboard" and "Error tracking dashboard", with the limits of "1. Configure Alerts". */
import type { ChartPanel, Row } from "../../components/monitoring/dashboard";
import { selected, share, perSecond } from "../../components/monitoring/dashboard-queries";
import { requests, responseTime } from "./dashboard-performance";

const worst = (metric: string) => `min(${selected(metric)})`;

/** Share of the errors in per cent: the two alerts say so. */
const errorRate: ChartPanel = {
  kind: "timeseries",
  title: "Error rate",
  description:
    "Errors of all requests, in per cent. Warning above 2 % for 10 minutes, critical above 5 % for 5 minutes.",
  unit: "percent",
  queries: [
    { expression: `100 * ${share(perSecond("pm_errors_total"), perSecond("pm_requests_total"))}`, legend: "errors" },
  ],
  thresholds: { bad: "above", warning: 2, critical: 5 },
  reachesAtLeast: 6,
  minimum: 0,
};

const health: ChartPanel = {
  kind: "stat",
  title: "System status",
  description: "pm_system_health of the worst pod: 1 if all that it needs is there.",
  unit: "state",
  queries: [{ expression: worst("pm_system_health"), legend: "system" }],
  thresholds: { bad: "below", critical: 1 },
  states: { 0: "unhealthy", 1: "healthy" },
};

const deadLetters: ChartPanel = {
  kind: "stat",
  title: "Dead letter queue",
  description: "Items that nobody has resolved. Each pod counts the same table. Warning above 100.",
  unit: "count",
  queries: [{ expression: `max(${selected("pm_dead_letter_items")})`, legend: "items" }],
  thresholds: { bad: "above", warning: 100 },
};

const unresolvedGroups: ChartPanel = {
  kind: "stat",
  title: "Unresolved error groups",
  description: "Groups of errors that nobody has resolved. Each pod counts the same table. Warning above 10.",
  unit: "count",
  queries: [{ expression: `max(${selected("pm_unresolved_error_groups")})`, legend: "groups" }],
  thresholds: { bad: "above", warning: 10 },
};

const reportedErrorRate: ChartPanel = {
  kind: "stat",
  title: "Reported error rate",
  description: "pm_error_rate of the worst pod, in per cent of its own requests.",
  unit: "percent",
  queries: [{ expression: `max(${selected("pm_error_rate")})`, legend: "errors" }],
  thresholds: { bad: "above", warning: 2, critical: 5 },
};

/** Figures of the overview: "Expected metrics" and the warning alerts. */
export const figuresRow: Row = {
  title: "Now",
  panels: [health, reportedErrorRate, deadLetters, unresolvedGroups],
};

/** Graphs of the overview: "Response time P95 < 2000ms, Error rate < 1%". */
export const overviewRow: Row = { title: "Since the deployment", panels: [responseTime, errorRate, requests] };

/** Rows of "System health dashboard". */
export const healthRows: readonly Row[] = [
  {
    title: "System health",
    panels: [
      { ...health, width: 8 },
      {
        kind: "stat",
        title: "Components",
        description: "pm_component_health of the worst pod. Critical: database connection failures.",
        unit: "state",
        queries: [{ expression: `min by (component) (${selected("pm_component_health")})`, legend: "{{component}}" }],
        thresholds: { bad: "below", critical: 1 },
        states: { 0: "unhealthy", 1: "healthy" },
        width: 16,
      },
    ],
  },
];

/** Status over time, and the disk of the critical alerts. Their memory is in the row of the pods. */
export const diskRow: Row = {
  panels: [
    {
      kind: "timeseries",
      title: "Disk space",
      description: "Free share of each volume. Critical below 10 %.",
      unit: "ratio",
      queries: [
        {
          expression: `min by (persistentvolumeclaim) (${selected("kubelet_volume_stats_available_bytes")} / ${selected("kubelet_volume_stats_capacity_bytes")})`,
          legend: "{{persistentvolumeclaim}}",
        },
      ],
      thresholds: { bad: "below", critical: 0.1 },
      minimum: 0,
      maximum: 1,
    },
    {
      kind: "timeseries",
      title: "System status over time",
      description: "pm_system_health of each pod: 1 if all that it needs is there, else 0.",
      unit: "state",
      queries: [{ expression: `min by (pod) (${selected("pm_system_health")})`, legend: "{{pod}}" }],
      minimum: 0,
      maximum: 1,
    },
  ],
};

/** "Phase 5, 3. Database Health": active connections. Slow queries and sizes of tables are exported by nothing. */
export const databaseHealthRow: Row = {
  title: "Database Health",
  panels: [
    {
      kind: "timeseries",
      title: "Connections by state",
      description: "Check connection pool: connections to the database, by state.",
      unit: "count",
      queries: [{ expression: `sum by (state) (${selected("cnpg_backends_total")})`, legend: "{{state}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Longest transaction",
      description: "Time that the oldest open transaction has taken, by state.",
      unit: "seconds",
      queries: [
        {
          expression: `max by (state) (${selected("cnpg_backends_max_tx_duration_seconds")})`,
          legend: "{{state}}",
        },
      ],
      minimum: 0,
    },
  ],
};

/** Rows of "Error tracking dashboard". */
export const errorRows: readonly Row[] = [
  { title: "Error tracking", panels: [reportedErrorRate, unresolvedGroups, deadLetters] },
  { panels: [errorRate, requests] },
  {
    panels: [
      {
        kind: "timeseries",
        title: "What waits for people",
        description: "Dead letters and groups of errors that nobody has resolved, over time.",
        unit: "count",
        queries: [...deadLetters.queries, ...unresolvedGroups.queries] as const,
        minimum: 0,
      },
    ],
  },
];
