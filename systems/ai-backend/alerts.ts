/** Alerts of the "AI Backend Deployment Guide: Monitoring and Alerting". It gives no durations. */
import type { Alert } from "../../components/monitoring/alert";
import { shareOf } from "../../components/monitoring/burn-rate";
import { errorsLogged, logAlert, type LogAlert } from "../../components/monitoring/log-alert";
import type { SystemAlerts } from "../../components/monitoring/system-rules";
import {
  cacheHitRate,
  databaseHealth,
  failures,
  healthyPods,
  isAsked,
  memoryUsage,
  modelAccuracy,
  ofUsers,
} from "./conditions";
import { aiBackendObjectives } from "./objectives";

/** Metrics that the guide does not name: `ai-backend:objectives.latencyMetric` and `requestsMetric`. */
export interface RequestMetrics {
  /** Histogram of seconds. Default: http_request_duration_seconds. */
  readonly latencyMetric?: string;
  /** Counter with the label `status`. Default: http_requests_total. */
  readonly requestsMetric?: string;
}

/** Alerts of the AI Backend. The guide names Slack ("Required Secrets"); what is critical pages as well. */
export function aiBackendAlerts(namespace: string, metrics: RequestMetrics = {}): SystemAlerts {
  const { latencyMetric = "http_request_duration_seconds", requestsMetric = "http_requests_total" } = metrics;
  return {
    channels: { critical: ["pagerduty", "slack"], warning: ["slack"], info: ["slack"] },
    alerts: [
      ...keyMetrics(namespace, latencyMetric, requestsMetric),
      ...outages(namespace).map((alert) => ({ ...alert, heading: "Alert Thresholds", ours: ["duration" as const] })),
    ],
    // A cache is full on purpose.
    without: ["RedisMemoryHigh"],
    objectives: {
      alert: "AiBackendErrorBudgetBurn",
      all: aiBackendObjectives(namespace, latencyMetric, requestsMetric),
    },
    logAlerts,
  };
}

/** "Key Metrics to Monitor", each with the level that "Alert Thresholds" gives it. */
const keyMetrics = (namespace: string, latencyMetric: string, requestsMetric: string): Alert[] =>
  [
    {
      name: "AiBackendResponseTimeHigh",
      expr: `histogram_quantile(0.95, sum by (le) (rate(${latencyMetric}_bucket{${ofUsers(namespace)}}[5m]))) > 2`,
      for: "10m",
      severity: "warning" as const,
      role: "symptom" as const,
      summary: "Answers take too long.",
      description: "The 95th percentile of a request is {{ $value | humanizeDuration }}.",
      threshold: "P95 above 2 s",
      ours: ["duration"] as const,
    },
    {
      name: "AiBackendErrorRateHigh",
      expr: `${shareOf(failures(namespace, requestsMetric), "5m")} > 0.01`,
      for: "10m",
      severity: "warning" as const,
      role: "symptom" as const,
      summary: "Requests fail.",
      description: "{{ $value | humanizePercentage }} of the requests fail.",
      threshold: "above 1 % of the requests",
      ours: ["duration", "severity"] as const,
    },
    {
      name: "AiBackendMemoryUsageHigh",
      expr: `${memoryUsage(namespace)} > 0.8`,
      for: "10m",
      severity: "warning" as const,
      summary: "A container is near its memory limit.",
      description:
        "{{ $labels.container }} in {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit.",
      threshold: "above 80 % of a container's limit",
      ours: ["duration", "severity"] as const,
    },
    {
      name: "AiBackendCacheHitRateLow",
      expr: `${cacheHitRate(namespace)} < 0.8 and ${isAsked(namespace)}`,
      for: "10m",
      severity: "warning" as const,
      summary: "The cache has too few of the results that are asked for.",
      description: "{{ $value | humanizePercentage }} of the results come from the cache.",
      threshold: "below 80 %, while there are requests",
      ours: ["duration"] as const,
    },
    {
      name: "AiBackendModelAccuracyLow",
      expr: `${modelAccuracy(namespace)} < 0.7`,
      for: "15m",
      severity: "info" as const,
      summary: "A model has become less accurate.",
      // The guide: "by type". Its label is the application's.
      description: "The accuracy of {{ or $labels.type $labels.model_type }} is {{ $value | humanizePercentage }}.",
      threshold: "below 70 %",
      ours: ["duration"] as const,
    },
  ].map((alert) => ({ ...alert, heading: "Key Metrics to Monitor" }));

const outages = (namespace: string) => [
  {
    name: "AiBackendServiceDown",
    expr: `${healthyPods(namespace)} == 0`,
    for: "1m",
    severity: "critical" as const,
    role: "cause" as const,
    summary: "The service is down.",
    description: "{{ $value }} pods say that they are healthy.",
    threshold: "no healthy pod",
  },
  {
    name: "AiBackendDatabaseUnreachable",
    expr: `${databaseHealth(namespace)} == 0`,
    for: "2m",
    severity: "critical" as const,
    role: "cause" as const,
    summary: "The database is unreachable.",
    description: "A pod does not reach the database: ai_backend_component_health is {{ $value }}.",
    threshold: "unreachable for a pod",
  },
];

/** Alerts on two of the three logs of "Log Aggregation". That of audits has every operation: there is no count too many. */
const logAlerts: readonly LogAlert[] = [
  errorsLogged({
    name: "AiBackendErrorsLogged",
    summary: "The service logs many errors.",
    heading: "Log Aggregation",
    ours: ["alert", "threshold", "duration", "severity"],
  }),
  logAlert({
    name: "AiBackendSecurityWarningsLogged",
    lines: { level: "warning", kind: "security" },
    moreThan: 10,
    minutes: 5,
    for: "1m",
    severity: "warning",
    summary: "The security log has many warnings.",
    heading: "Log Aggregation",
    ours: ["alert", "threshold", "duration", "severity"],
  }),
];
