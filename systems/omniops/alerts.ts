/** Alerts of the "Phase 4 Deployment Guide: Monitoring Setup", and its objective for the service. */
import type { Alert } from "../../components/monitoring/alert";
import { shareOf, type Counted } from "../../components/monitoring/burn-rate";
import type { SystemAlerts } from "../../components/monitoring/system-rules";

/** Alerts of OmniOps. The guide sends what is critical to PagerDuty and Slack, and a warning to Slack and by e-mail. */
export const omniopsAlerts = (namespace: string): SystemAlerts => ({
  channels: { critical: ["pagerduty", "slack"], warning: ["slack", "email"], info: ["slack"] },
  alerts: [...dashboardThresholds(namespace), ...alertRules(namespace)],
  objectives: {
    alert: "OmniOpsErrorBudgetBurn",
    all: [
      {
        name: "availability",
        target: 0.999,
        bad: "the requests failed",
        heading: "Disaster Recovery Procedures",
        severity: { fast: "critical", slow: "warning" },
        measured: phase4Errors(namespace),
      },
    ],
  },
});

const phase4Errors = (namespace: string): Counted => ({
  bad: (window) => `sum(rate(omniops_phase4_errors_total{namespace="${namespace}"}[${window}]))`,
  all: (window) => `sum(rate(omniops_phase4_requests_total{namespace="${namespace}"}[${window}]))`,
});

/** "Datadog Dashboards": milliseconds, a ratio, and seconds. The guide gives no duration and no severity. */
const dashboardThresholds = (namespace: string): Alert[] =>
  [
    {
      name: "OmniOpsSentimentLatencyHigh",
      expr:
        `histogram_quantile(0.95, sum by (le)` +
        ` (rate(omniops_sentiment_latency_seconds_bucket{namespace="${namespace}"}[2m]))) > 1`,
      role: "symptom" as const,
      summary: "The analysis of sentiments is slow.",
      description: "The 95th percentile of a sentiment analysis is {{ $value | humanizeDuration }}.",
      threshold: "P95 above 1000 ms",
    },
    {
      name: "OmniOpsMlApiErrorRateHigh",
      role: "symptom" as const,
      expr:
        `sum(rate(omniops_ml_api_errors_total{namespace="${namespace}"}[2m]))` +
        ` / sum(rate(omniops_ml_api_requests_total{namespace="${namespace}"}[2m])) > 0.005`,
      summary: "Requests to the ML API fail.",
      description: "{{ $value | humanizePercentage }} of the requests to the ML API fail.",
      threshold: "above 0.5 % of the requests",
    },
    {
      name: "OmniOpsQueueLagHigh",
      expr: `max(omniops_queue_lag_seconds{namespace="${namespace}"}) > 30`,
      summary: "Jobs wait too long in the queue.",
      description: "The oldest job has waited for {{ $value | humanizeDuration }}.",
      threshold: "above 30 s",
    },
  ].map((alert) => ({
    ...alert,
    for: "5m",
    severity: "warning",
    heading: "Datadog Dashboards",
    ours: ["duration", "severity"],
  }));

/** "Alert Rules", with their channels. */
const alertRules = (namespace: string): Alert[] =>
  [
    {
      name: "OmniOpsPhase4ErrorRateHigh",
      expr: `${shareOf(phase4Errors(namespace), "2m")} > 0.01`,
      for: "5m",
      severity: "critical" as const,
      channels: ["pagerduty", "slack"] as const,
      role: "symptom" as const,
      summary: "Requests of Phase 4 fail.",
      description: "{{ $value | humanizePercentage }} of the requests of Phase 4 fail.",
      threshold: "above 1 % of the requests",
    },
    {
      name: "OmniOpsMlApiUnavailable",
      role: "cause" as const,
      // A pod that has asked nothing may export NaN.
      expr: `avg(omniops_ml_api_availability{namespace="${namespace}"} >= 0) < 0.95`,
      for: "2m",
      severity: "critical" as const,
      channels: ["pagerduty", "slack"] as const,
      summary: "The ML API is unavailable.",
      description: "{{ $value | humanizePercentage }} of the requests to the ML API succeed.",
      threshold: "below 95 % of the requests",
    },
    {
      name: "OmniOpsCostSpike",
      // Each pod exports the cost of all.
      expr: `max(omniops_ml_api_cost_daily{namespace="${namespace}"}) > 1200`,
      for: "1h",
      severity: "warning" as const,
      channels: ["slack", "email"] as const,
      summary: "The ML API costs more than twice the daily budget.",
      description: 'Today the ML API has cost {{ $value | printf "%.2f" }} US dollars.',
      threshold: "above 1200 US dollars a day",
    },
  ].map((alert) => ({ ...alert, heading: "Alert Rules" }));
