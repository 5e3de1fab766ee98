import { requests, shareCases } from "../../../support/alerts/burn-rate-cases";
import type { AlertCases } from "../../../support/alerts/alert-case";
import { counter, gauge, steady } from "../../../support/alerts/levels";

const dashboards = { for: "5m", channels: "slack-email", runbook: "omniops.md#datadog-dashboards" } as const;
const rules = { runbook: "omniops.md#alert-rules" } as const;

export const omniopsCases: AlertCases = {
  "OmniOpsSentimentLatencyHigh/warning": {
    ...dashboards,
    role: "symptom",
    description: "The 95th percentile of a sentiment analysis is 1.5s.",
    series: {
      'omniops_sentiment_latency_seconds_bucket{le="1"}': counter(95, 90),
      'omniops_sentiment_latency_seconds_bucket{le="2"}': counter(100, 100),
      'omniops_sentiment_latency_seconds_bucket{le="+Inf"}': counter(100, 100),
    },
    window: 2,
    traps: [
      {
        title: "the threshold of 1000 is in milliseconds: two seconds are above it",
        series: {
          'omniops_sentiment_latency_seconds_bucket{le="1.9"}': counter(0, 0),
          'omniops_sentiment_latency_seconds_bucket{le="2"}': counter(95, 95),
          'omniops_sentiment_latency_seconds_bucket{le="+Inf"}': counter(100, 100),
        },
        description: "The 95th percentile of a sentiment analysis is 2s.",
      },
    ],
  },
  "OmniOpsMlApiErrorRateHigh/warning": {
    ...dashboards,
    role: "symptom",
    description: "0.6% of the requests to the ML API fail.",
    series: {
      'omniops_ml_api_errors_total{pod="a"}': counter(5, 6),
      'omniops_ml_api_errors_total{pod="b"}': counter(5, 6),
      'omniops_ml_api_requests_total{pod="a"}': counter(1000, 1000),
      'omniops_ml_api_requests_total{pod="b"}': counter(1000, 1000),
    },
    window: 2,
    traps: [
      {
        title: "the threshold of 0.005 is a ratio: 0.4 % is below it",
        series: { omniops_ml_api_errors_total: counter(4, 4), omniops_ml_api_requests_total: counter(1000, 1000) },
      },
    ],
  },
  "OmniOpsQueueLagHigh/warning": {
    ...dashboards,
    description: "The oldest job has waited for 31s.",
    series: {
      'omniops_queue_lag_seconds{pod="a"}': gauge(30, 31),
      'omniops_queue_lag_seconds{pod="b"}': steady(0),
    },
  },
  "OmniOpsPhase4ErrorRateHigh/critical": {
    ...rules,
    for: "5m",
    channels: "pagerduty-slack",
    role: "symptom",
    description: "2% of the requests of Phase 4 fail.",
    series: {
      'omniops_phase4_errors_total{pod="a"}': counter(1, 2),
      'omniops_phase4_errors_total{pod="b"}': counter(1, 2),
      'omniops_phase4_requests_total{pod="a"}': counter(100, 100),
      'omniops_phase4_requests_total{pod="b"}': counter(100, 100),
    },
    window: 2,
    traps: [
      {
        title: "the threshold of 1.0 is per cent: 0.9 % is below it",
        series: { omniops_phase4_errors_total: counter(9, 9), omniops_phase4_requests_total: counter(1000, 1000) },
      },
      {
        title: "the threshold of 1.0 is no ratio: 1.1 % is above it",
        series: { omniops_phase4_errors_total: counter(11, 11), omniops_phase4_requests_total: counter(1000, 1000) },
        description: "1.1% of the requests of Phase 4 fail.",
      },
    ],
  },
  "OmniOpsMlApiUnavailable/critical": {
    ...rules,
    for: "2m",
    channels: "pagerduty-slack",
    role: "cause",
    description: "94% of the requests to the ML API succeed.",
    series: {
      'omniops_ml_api_availability{pod="a"}': gauge(1, 0.96),
      'omniops_ml_api_availability{pod="b"}': gauge(0.9, 0.92),
    },
    traps: [
      {
        title: "a pod that has asked nothing",
        series: {
          'omniops_ml_api_availability{pod="a"}': steady(0.94),
          'omniops_ml_api_availability{pod="b"}': steady(NaN),
        },
        description: "94% of the requests to the ML API succeed.",
      },
    ],
  },
  "OmniOpsCostSpike/warning": {
    ...rules,
    for: "1h",
    channels: "slack-email",
    description: "Today the ML API has cost 1200.50 US dollars.",
    series: {
      'omniops_ml_api_cost_daily{pod="a"}': gauge(1200, 1200.5),
      'omniops_ml_api_cost_daily{pod="b"}': steady(0),
    },
    traps: [
      {
        title: "two pods export the same cost of 700",
        series: {
          'omniops_ml_api_cost_daily{pod="a"}': gauge(700, 700),
          'omniops_ml_api_cost_daily{pod="b"}': gauge(700, 700),
        },
      },
    ],
  },
  ...shareCases(
    {
      alert: "OmniOpsErrorBudgetBurn",
      slo: "availability",
      severity: { fast: "critical", slow: "warning" },
      channels: { critical: "pagerduty-slack", warning: "slack-email" },
      runbook: "omniops.md#disaster-recovery-procedures",
      allowed: 0.001,
      description: "the requests failed. The objective allows 0.1 %.",
    },
    requests("omniops_phase4_errors_total", "omniops_phase4_requests_total"),
  ),
};
