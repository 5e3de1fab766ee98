import type { AlertCases } from "../../../support/alerts/alert-case";
import { counter, gauge, steady } from "../../../support/alerts/levels";

const alerts = { runbook: "pm.md#1-configure-alerts" } as const;
const critical = { ...alerts, for: "5m", channels: "pagerduty-slack" } as const;
const warning = { ...alerts, for: "10m", channels: "slack" } as const;
const expected = { channels: "slack", runbook: "pm.md#2-monitor-key-metrics" } as const;
const rollback = { channels: "pagerduty-slack", runbook: "pm.md#when-to-rollback" } as const;

/** Errors in a thousand requests of two pods. */
const errors = (healthy: number, faulty: number) => ({
  'pm_errors_total{pod="a"}': counter(healthy / 2, faulty / 2),
  'pm_errors_total{pod="b"}': counter(healthy / 2, faulty / 2),
  'pm_requests_total{pod="a"}': counter(500, 500),
  'pm_requests_total{pod="b"}': counter(500, 500),
});
const took = (le: string) => `pm_request_duration_ms_bucket{le="${le}",pod="a"}`;
const firing = (alert: string, severity = "critical") =>
  `ALERTS{alertname="${alert}",severity="${severity}",alertstate="firing"}`;

export const pmCases: AlertCases = {
  "PmErrorRateHigh/info": {
    ...expected,
    for: "10m",
    role: "symptom",
    description: "1.1% of the requests fail.",
    series: errors(10, 11),
    window: 5,
  },
  "PmSystemUnhealthy/warning": {
    ...expected,
    for: "5m",
    role: "symptom",
    description: "pm_system_health is 0.",
    series: { 'pm_system_health{pod="a"}': steady(1), 'pm_system_health{pod="b"}': gauge(1, 0) },
  },
  "PmErrorRateHigh/critical": {
    ...critical,
    role: "symptom",
    description: "5.1% of the requests fail.",
    series: errors(50, 51),
    window: 2,
    traps: [
      { title: "5 per cent is a ratio of 0.05: 49 errors in 1000 requests are below it", series: errors(0, 49) },
      { title: "no requests", series: { pm_errors_total: counter(0, 0), pm_requests_total: counter(0, 0) } },
    ],
  },
  "PmResponseTimeHigh/critical": {
    ...critical,
    role: "symptom",
    description: "The 95th percentile of a request is 5833 ms.",
    series: {
      [took("2000")]: counter(0, 0),
      [took("5000")]: counter(96, 94),
      [took("10000")]: counter(100, 100),
      [took("+Inf")]: counter(100, 100),
    },
    window: 2,
    traps: [
      {
        title: "no bucket above 5000 ms",
        series: {
          [took("2000.0")]: counter(0, 0),
          [took("5000.0")]: counter(94, 94),
          [took("+Inf")]: counter(100, 100),
        },
        description: "The 95th percentile of a request is 5000 ms.",
      },
      {
        title: "the metric is in milliseconds: a bound of 5 is no 5 seconds",
        series: { [took("5")]: counter(0, 0), [took("10")]: counter(100, 100), [took("+Inf")]: counter(100, 100) },
      },
    ],
  },
  "PmDatabaseConnectionFailures/critical": {
    ...critical,
    for: "1m",
    role: "cause",
    description: "a does not reach the database: pm_system_health is 0.",
    labels: { pod: "a" },
    series: {
      'pm_system_health{pod="a"}': gauge(1, 0),
      'pm_component_health{pod="a",component="database"}': gauge(1, 0),
      'pm_component_health{pod="a",component="redis"}': steady(1),
    },
    traps: [
      {
        title: "an application that exports only the runbook's five metrics",
        series: { 'pm_system_health{pod="a"}': gauge(1, 0) },
        description: "a does not reach the database: pm_system_health is 0.",
      },
      {
        title: "something else is missing",
        series: {
          'pm_system_health{pod="a"}': gauge(1, 0),
          'pm_component_health{pod="a",component="database"}': steady(1),
          'pm_component_health{pod="a",component="redis"}': gauge(1, 0),
        },
      },
    ],
  },
  "PmDiskSpaceLow/critical": {
    ...critical,
    description: "9.9% of data are free.",
    labels: { persistentvolumeclaim: "data" },
    series: {
      'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data"}': gauge(100, 99),
      'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data"}': steady(1000),
    },
  },
  "PmMemoryUsageHigh/critical": {
    ...critical,
    description: "backend in a uses 91% of its memory limit.",
    labels: { pod: "a", container: "backend" },
    series: {
      'container_memory_working_set_bytes{pod="a",container="backend",id="1"}': gauge(900, 910),
      'kube_pod_container_resource_limits{pod="a",container="backend",resource="memory"}': steady(1000),
      'kube_pod_container_resource_limits{pod="a",container="backend",resource="ephemeral-storage"}': steady(1e9),
    },
    traps: [
      {
        title: "PostgreSQL, whose memory has the cache of its files",
        series: {
          'container_memory_working_set_bytes{pod="pm-postgresql-1",container="postgres"}': steady(990),
          'kube_pod_container_resource_limits{pod="pm-postgresql-1",container="postgres",resource="memory"}':
            steady(1000),
        },
      },
    ],
  },
  "PmErrorRateHigh/warning": {
    ...warning,
    role: "symptom",
    description: "2.1% of the requests fail.",
    series: errors(20, 21),
    window: 5,
  },
  "PmResponseTimeHigh/warning": {
    ...warning,
    role: "symptom",
    description: "The 95th percentile of a request is 2250 ms.",
    series: {
      [took("1000")]: counter(0, 0),
      [took("2000")]: counter(95, 90),
      [took("2500")]: counter(100, 100),
      [took("+Inf")]: counter(100, 100),
    },
    window: 5,
  },
  "PmDeadLetterQueueLong/warning": {
    ...warning,
    description: "101 items are in the dead letter queue.",
    series: { 'pm_dead_letter_items{pod="a"}': gauge(100, 101), 'pm_dead_letter_items{pod="b"}': steady(100) },
    traps: [
      {
        title: "two pods count the same 60 items",
        series: { 'pm_dead_letter_items{pod="a"}': steady(60), 'pm_dead_letter_items{pod="b"}': steady(60) },
      },
    ],
  },
  "PmUnresolvedErrorGroups/warning": {
    ...warning,
    description: "11 groups of errors are unresolved.",
    series: { 'pm_unresolved_error_groups{pod="a"}': gauge(10, 11), 'pm_unresolved_error_groups{pod="b"}': steady(10) },
  },
  "PmMostRequestsFail/critical": {
    ...rollback,
    for: "2m",
    role: "symptom",
    description: "51% of the requests fail.",
    series: errors(500, 510),
    window: 2,
  },
  "PmPerformanceDegraded/critical": {
    ...rollback,
    for: "10m",
    role: "symptom",
    description: "The 95th percentile of a request is 175 ms.",
    series: {
      [took("100")]: counter(0, 0, 95),
      [took("149")]: counter(95, 90),
      [took("201")]: counter(100, 100),
      [took("+Inf")]: counter(100, 100),
    },
    window: 5,
    before: 1446,
    traps: [
      {
        title: "four times as slow as the day before, and still fast",
        series: {
          [took("10")]: counter(0, 0, 100),
          [took("40")]: counter(100, 100),
          [took("+Inf")]: counter(100, 100),
        },
      },
    ],
  },
  "PmMultipleCriticalErrors/critical": {
    ...rollback,
    for: "5m",
    role: "symptom",
    description: "2 critical alerts of the runbook are firing.",
    series: { [firing("PmErrorRateHigh")]: steady(1), [firing("PmDiskSpaceLow")]: gauge("gone", 1) },
    traps: [
      {
        title: "one alert for each of two pods",
        series: {
          'ALERTS{alertname="PmDatabaseConnectionFailures",pod="a",severity="critical",alertstate="firing"}': steady(1),
          'ALERTS{alertname="PmDatabaseConnectionFailures",pod="b",severity="critical",alertstate="firing"}': steady(1),
        },
      },
      {
        title: "the error rate is high in two degrees",
        series: { [firing("PmErrorRateHigh")]: steady(1), [firing("PmMostRequestsFail")]: steady(1) },
      },
      {
        title: "alerts of the platform, warnings, and what has not lasted long enough",
        series: {
          [firing("PmErrorRateHigh")]: steady(1),
          [firing("BackupTooOld")]: steady(1),
          [firing("PmResponseTimeHigh", "warning")]: steady(1),
          'ALERTS{alertname="PmDiskSpaceLow",severity="critical",alertstate="pending"}': steady(1),
        },
      },
    ],
  },
};
