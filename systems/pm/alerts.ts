/**
 * Alerts of the "PM Intelligence Platform: Deployment Runbook": the expected metrics after a deployment, "Configure
 * Alerts", and what "When to Rollback" has that can be measured.
 */
import type { Alert } from "../../components/monitoring/alert";
import { errorsLogged } from "../../components/monitoring/log-alert";
import type { SystemAlerts } from "../../components/monitoring/system-rules";

/** Alerts of PM Intelligence. "Escalation Path" begins with whoever is on call; stakeholders are told in the channel. */
export const pmAlerts = (namespace: string): SystemAlerts => ({
  channels: { critical: ["pagerduty", "slack"], warning: ["slack"], info: ["slack"] },
  alerts: [...expected(namespace), ...critical(namespace), ...warning(namespace), ...rollback(namespace)],
  // "Watch error logs", and logs/error.log of "High Error Rate": lines of every workload.
  logAlerts: [errorsLogged({ name: "PmErrorsLogged", heading: "3. Monitor for 1 Hour" })],
});

/** Share of the requests that failed, from 0 to 1. `pm_error_rate` is in per cent, and of one pod. */
const errorRate = (namespace: string, window: string) =>
  `sum(rate(pm_errors_total{namespace="${namespace}"}[${window}]))` +
  ` / sum(rate(pm_requests_total{namespace="${namespace}"}[${window}]))`;

/** 95th percentile in milliseconds. It is at most the greatest bound of a bucket, which can be 5000. */
const p95 = (namespace: string, window: string, before = "") =>
  `histogram_quantile(0.95, sum by (le)` +
  ` (rate(pm_request_duration_ms_bucket{namespace="${namespace}"}[${window}]${before})))`;

const errorRateHigh = {
  name: "PmErrorRateHigh",
  summary: "Requests fail.",
  description: "{{ $value | humanizePercentage }} of the requests fail.",
  role: "symptom" as const,
};

const responseTimeHigh = {
  name: "PmResponseTimeHigh",
  summary: "Answers take too long.",
  description: 'The 95th percentile of a request is {{ $value | printf "%.0f" }} ms.',
  role: "symptom" as const,
};

/** "Monitor Key Metrics". Its limit for the response time is that of the warning. */
const expected = (namespace: string): Alert[] =>
  [
    {
      ...errorRateHigh,
      expr: `${errorRate(namespace, "5m")} > 0.01`,
      for: "10m",
      severity: "info" as const,
      threshold: "above 1 % of the requests",
    },
    {
      name: "PmSystemUnhealthy",
      expr: `min(pm_system_health{namespace="${namespace}"}) == 0`,
      for: "5m",
      severity: "warning" as const,
      role: "symptom" as const,
      summary: "The system reports that it is not healthy.",
      description: "pm_system_health is {{ $value }}.",
      threshold: "not healthy",
    },
  ].map((alert) => ({ ...alert, heading: "2. Monitor Key Metrics", ours: ["duration", "severity"] }));

const critical = (namespace: string): Alert[] =>
  [
    {
      ...errorRateHigh,
      expr: `${errorRate(namespace, "2m")} > 0.05`,
      for: "5m",
      threshold: "above 5 % of the requests",
    },
    {
      ...responseTimeHigh,
      expr: `${p95(namespace, "2m")} >= 5000`,
      for: "5m",
      threshold: "P95 from 5000 ms",
    },
    {
      name: "PmDatabaseConnectionFailures",
      // Of the runbook's five metrics one says that something is missing. pm_component_health can say that it is another.
      expr:
        `pm_system_health{namespace="${namespace}"} == 0` +
        ` unless on (namespace, pod) pm_component_health{namespace="${namespace}",component="database"} == 1`,
      for: "1m",
      role: "cause" as const,
      summary: "The application does not reach its database.",
      description: "{{ $labels.pod }} does not reach the database: pm_system_health is {{ $value }}.",
      threshold: "no connection",
      ours: ["duration"] as const,
    },
    {
      name: "PmDiskSpaceLow",
      expr:
        `kubelet_volume_stats_available_bytes{namespace="${namespace}"}` +
        ` / kubelet_volume_stats_capacity_bytes{namespace="${namespace}"} < 0.1`,
      for: "5m",
      summary: "A volume is almost full.",
      description: "{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free.",
      threshold: "below 10 % of a volume",
      ours: ["duration"] as const,
    },
    {
      name: "PmMemoryUsageHigh",
      // PostgreSQL's has the cache of its files, which fills the limit and is given back.
      expr:
        `max by (pod, container) (container_memory_working_set_bytes{namespace="${namespace}",container!~"|postgres"})` +
        ` / max by (pod, container) (kube_pod_container_resource_limits` +
        `{namespace="${namespace}",resource="memory"}) > 0.9`,
      for: "5m",
      summary: "A container is near its memory limit, and would be killed at it.",
      description:
        "{{ $labels.container }} in {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit.",
      threshold: "above 90 % of a container's limit",
      ours: ["duration"] as const,
    },
  ].map((alert) => ({ ...alert, severity: "critical", heading: "1. Configure Alerts" }));

const warning = (namespace: string): Alert[] =>
  [
    { ...errorRateHigh, expr: `${errorRate(namespace, "5m")} > 0.02`, threshold: "above 2 % of the requests" },
    { ...responseTimeHigh, expr: `${p95(namespace, "5m")} > 2000`, threshold: "P95 above 2000 ms" },
    {
      name: "PmDeadLetterQueueLong",
      // Each pod counts the same table.
      expr: `max(pm_dead_letter_items{namespace="${namespace}"}) > 100`,
      summary: "Items of the synchronisation with Neo4j failed for good.",
      description: "{{ $value }} items are in the dead letter queue.",
      threshold: "above 100 items",
      ours: ["duration"] as const,
    },
    {
      name: "PmUnresolvedErrorGroups",
      expr: `max(pm_unresolved_error_groups{namespace="${namespace}"}) > 10`,
      summary: "Too many groups of errors wait for people.",
      description: "{{ $value }} groups of errors are unresolved.",
      threshold: "above 10 groups",
      ours: ["duration"] as const,
    },
  ].map((alert) => ({ ...alert, for: "10m", severity: "warning", heading: "1. Configure Alerts" }));

/** Triggers that can be measured. Corrupt data and a vulnerability have no metric. */
const rollback = (namespace: string): Alert[] =>
  [
    {
      name: "PmMostRequestsFail",
      expr: `${errorRate(namespace, "2m")} > 0.5`,
      for: "2m",
      role: "symptom" as const,
      summary: "More than half of the requests fail: a trigger for a rollback.",
      description: "{{ $value | humanizePercentage }} of the requests fail.",
      threshold: "above 50 % of the requests",
    },
    {
      name: "PmPerformanceDegraded",
      expr: `${p95(namespace, "5m")} > 1.5 * ${p95(namespace, "5m", " offset 1d")} and ${p95(namespace, "5m")} > 100`,
      for: "10m",
      role: "symptom" as const,
      summary: "Answers take much longer than the day before: a trigger for a rollback.",
      description: 'The 95th percentile of a request is {{ $value | printf "%.0f" }} ms.',
      threshold: "P95 50 % above the day before, and above 100 ms",
      ours: ["threshold", "duration", "severity"] as const,
    },
    {
      name: "PmMultipleCriticalErrors",
      // An alert counts once, however many pods have it. Those on degrees of a rollback would count a fault twice.
      expr:
        `count(count by (alertname) (ALERTS{namespace="${namespace}",severity="critical",alertstate="firing",` +
        `alertname=~"${critical(namespace)
          .map(({ name }) => name)
          .join("|")}"})) > 1`,
      for: "5m",
      // With a known cause it is one fault, of which people know.
      role: "symptom" as const,
      summary: "Several critical alerts at once: a trigger for a rollback.",
      description: "{{ $value }} critical alerts of the runbook are firing.",
      threshold: "more than one critical alert",
    },
  ].map((alert) => ({
    ours: ["duration", "severity"] as const,
    ...alert,
    severity: "critical",
    heading: "When to Rollback",
  }));
