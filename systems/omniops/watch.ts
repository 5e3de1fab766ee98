/** "Alert Rules" and the thresholds of "Datadog Dashboards", by the names that Prometheus gives these metrics. */
import type { Condition } from "../../components/watch";
import { errorPercent, extreme, p95Milliseconds } from "../../components/watch/queries";

const mayBeAbsent = "the application does not export it; perhaps no feature that asks the ML API is on";

const mlApi = { requests: "omniops_ml_api_requests_total", errors: "omniops_ml_api_errors_total" };
const phase4 = { requests: "omniops_phase4_requests_total", errors: "omniops_phase4_errors_total" };

export const conditions: readonly Condition[] = [
  // "Phase 4 Error Rate Critical": "threshold: 1.0  # 1% error rate".
  { name: "Phase 4 error rate", query: errorPercent(phase4), unit: "%", atMost: 1, needs: phase4.requests },
  // "ML API Unavailable": "threshold: 0.95", a share.
  {
    name: "ML API availability",
    query: extreme("min", "omniops_ml_api_availability", 100),
    unit: "%",
    atLeast: 95,
    mayBeAbsent,
  },
  // "Cost Spike": "threshold: 1200  # 200% of daily budget".
  {
    name: "ML API cost of the day",
    query: extreme("max", "omniops_ml_api_cost_daily"),
    unit: "USD",
    atMost: 1200,
    mayBeAbsent,
  },
  // "Sentiment Analysis Latency": "aggregation: p95", "threshold: 1000", which are milliseconds.
  {
    name: "sentiment analysis latency P95",
    query: p95Milliseconds("omniops_sentiment_latency_seconds", "seconds"),
    unit: "ms",
    atMost: 1000,
    mayBeAbsent,
  },
  // "ML API Error Rate": "threshold: 0.005", a share, unlike the alert's.
  { name: "ML API error rate", query: errorPercent(mlApi), unit: "%", atMost: 0.5, mayBeAbsent },
  // "Queue Lag": "aggregation: max", "threshold: 30", which are seconds.
  {
    name: "queue lag",
    query: extreme("max", "omniops_queue_lag_seconds"),
    unit: "s",
    atMost: 30,
    mayBeAbsent,
  },
];
