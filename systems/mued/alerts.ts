/**
 * Alerts of the "Phase 2 Deployment Checklist": the triggers of "When to Rollback", and "Production Monitoring
 * (24 hours)". Before a deployment is the same time of the day before.
 */
import type { Alert } from "../../components/monitoring/alert";
import { sinceSuccess } from "../../components/monitoring/backup-alerts";
import { errorsLogged } from "../../components/monitoring/log-alert";
import type { SystemAlerts } from "../../components/monitoring/system-rules";

/** Alerts of MUED. "Escalation": minor issues go to Slack, and critical ones page whoever is on call. */
export const muedAlerts = (namespace: string): SystemAlerts => ({
  channels: { critical: ["pagerduty"], warning: ["slack"], info: ["slack"] },
  alerts: [...production(namespace), ...rollbackTriggers(namespace)],
  // "3. Check error logs: No spike in error rates".
  logAlerts: [errorsLogged({ name: "MuedErrorsLogged", heading: "Critical Checks (Within 5 minutes)" })],
});

/** Requests of users: probes and scrapes would lower an error rate. */
const users = (namespace: string) => `namespace="${namespace}",route!~"/(live|ready|health|metrics|api/health)"`;

/** Share of the users' requests that failed, from 0 to 1. */
const errorRate = (namespace: string, before = "") =>
  `sum(rate(http_requests_total{${users(namespace)},status=~"5.."}[2m]${before}))` +
  ` / sum(rate(http_requests_total{${users(namespace)}}[2m]${before}))`;

const p95 = (namespace: string, before = "") =>
  `histogram_quantile(0.95, sum by (le)` +
  ` (rate(http_request_duration_seconds_bucket{${users(namespace)}}[5m]${before})))`;

/** Processors that the database uses, without the one that a restore test makes beside it. */
const databaseCpu = (namespace: string, before = "") =>
  `sum(rate(container_cpu_usage_seconds_total{namespace="${namespace}",container="postgres",` +
  `pod!~".+-restore-test-database-[0-9]+"}[5m]${before}))`;

const production = (namespace: string): Alert[] => [
  {
    name: "MuedDatabaseCpuHigh",
    expr:
      `${databaseCpu(namespace)} > 1.5 * ${databaseCpu(namespace, " offset 1d")}` +
      ` and ${databaseCpu(namespace)} > 0.2`,
    for: "15m",
    severity: "warning",
    summary: "The database uses much more CPU than the day before.",
    description: 'The database uses {{ $value | printf "%.2f" }} processors.',
    threshold: "50 % above the day before, and above a fifth of a processor",
    heading: "Hour 1",
    ours: ["threshold", "duration", "severity"],
  },
  {
    name: "MuedBatchJobMissed",
    expr: `${sinceSuccess(namespace, '="mued-calculate-rag-metrics-daily"')} > ${26 * 3600}`,
    for: "15m",
    severity: "warning",
    summary: "The batch job that calculates the metrics of a day did not succeed last night.",
    description: "calculate-rag-metrics succeeded last {{ $value | humanizeDuration }} ago.",
    threshold: "last success more than 26 h ago",
    heading: "Hour 12",
    ours: ["threshold", "duration", "severity"],
  },
  {
    name: "MuedSloMissed",
    // Each pod exports the same row.
    expr: `min(mued_rag_slo_met{namespace="${namespace}"}) == 0`,
    for: "15m",
    severity: "info",
    summary: "The latest day missed an objective: citation rate, latency or cost.",
    description: "SLO compliance of the latest day: overallMet is {{ $value }}.",
    threshold: "overallMet is false",
    heading: "Hour 12",
    ours: ["duration", "severity"],
  },
];

const rollbackTriggers = (namespace: string): Alert[] =>
  [
    {
      name: "MuedErrorRateIncreased",
      // The day before may have had no request, or no error.
      expr: `${errorRate(namespace)}` + ` - (${errorRate(namespace, " offset 1d")} >= 0 or vector(0)) > 0.05`,
      for: "5m",
      role: "symptom" as const,
      summary: "Requests fail much more often than the day before: a trigger for a rollback.",
      description: "The error rate is {{ $value | humanizePercentage }} of the requests above the day before.",
      threshold: "5 % of the requests above the day before",
      ours: ["duration", "severity"] as const,
    },
    {
      name: "MuedCriticalFunctionalityBroken",
      expr: `probe_success{namespace="${namespace}"} == 0`,
      for: "2m",
      role: "cause" as const,
      summary: "Users do not reach the application: a trigger for a rollback.",
      description: "{{ $labels.instance }} does not answer as it should: probe_success is {{ $value }}.",
      threshold: "no right answer to what users reach",
      ours: ["threshold", "duration", "severity"] as const,
    },
    {
      name: "MuedPerformanceDegraded",
      expr: `${p95(namespace)} > 1.5 * ${p95(namespace, " offset 1d")} and ${p95(namespace)} > 0.1`,
      for: "10m",
      role: "symptom" as const,
      summary: "Answers take much longer than the day before: a trigger for a rollback.",
      description: "The 95th percentile of a request is {{ $value | humanizeDuration }}.",
      threshold: "P95 50 % above the day before, and above 100 ms",
      ours: ["threshold", "duration", "severity"] as const,
    },
  ].map((alert) => ({ ...alert, severity: "critical", heading: "When to Rollback" }));
