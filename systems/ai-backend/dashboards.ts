/** Dashboard of "AI Backend Deployment Guide": "Prometheus Metrics" and "Key Metrics to Monitor". */
import type { Dashboard, Row } from "../../components/monitoring/dashboard";
import { databaseRow, memoryPanel, podsRow, redisRow } from "../../components/monitoring/dashboard-rows";
import { failedShare, perSecond, quantile, selected } from "../../components/monitoring/dashboard-queries";

/**
 * Metrics of latency and errors, for which the guide has objectives and no names. All requests of a metric that is given
 * count; of the default ones those to the API, whose label `route` begins with /api/.
 */
export interface AiBackendMetrics {
  /** Histogram in seconds, without "_bucket". Default: http_request_duration_seconds. */
  readonly latency?: string;
  /** Counter with the label `status`. Default: http_requests_total. */
  readonly requests?: string;
}

/** Returns the dashboard of the AI Backend. */
export const aiBackendDashboards = (namespace: string, metrics: AiBackendMetrics = {}): readonly Dashboard[] => [
  {
    uid: "ai-backend-objectives",
    title: "AI Backend: objectives",
    description: "AI Backend Deployment Guide: Prometheus Metrics, and Key Metrics to Monitor with their objectives.",
    tags: ["ai-backend"],
    namespaces: [namespace],
    rows: [figures, objectives(metrics), models(metrics), podsRow, databaseRow, redisRow],
  },
];

/** Requests to the API. The routes of probes do not begin with /api/. */
const ofUsers = ['route=~"/api/.+"'];
const latencyOf = ({ latency }: AiBackendMetrics) =>
  latency ? quantile(0.95, latency) : quantile(0.95, "http_request_duration_seconds", ofUsers);
const requestsOf = ({ requests }: AiBackendMetrics): readonly [counter: string, matchers: readonly string[]] =>
  requests ? [requests, []] : ["http_requests_total", ofUsers];

const componentHealth = `min by (component) (${selected("ai_backend_component_health")})`;
const hitRate = `avg(${selected("ai_backend_cache_hit_rate")} >= 0)`;
const accuracy = `min by (model_type) (${selected("ai_backend_model_accuracy")})`;

/** "Alert Thresholds": critical when the service is down or the database cannot be reached. */
const figures: Row = {
  title: "Health",
  panels: [
    {
      kind: "stat",
      title: "Health",
      description: "ai_backend_health_status of the worst pod. Critical: service down.",
      unit: "state",
      queries: [{ expression: `min(${selected("ai_backend_health_status")})`, legend: "health" }],
      thresholds: { bad: "below", critical: 1 },
      states: { 0: "down", 1: "healthy" },
      width: 4,
    },
    {
      kind: "stat",
      title: "Components",
      description: "ai_backend_component_health of the worst pod. Critical: database unreachable.",
      unit: "state",
      queries: [{ expression: componentHealth, legend: "{{component}}" }],
      thresholds: { bad: "below", critical: 1 },
      states: { 0: "down", 1: "healthy" },
      width: 14,
    },
    {
      kind: "stat",
      title: "Requests per minute",
      description: "ai_backend_requests_per_minute, of all pods.",
      unit: "count",
      queries: [{ expression: `sum(${selected("ai_backend_requests_per_minute")})`, legend: "requests" }],
      width: 6,
    },
  ],
};

/** "Key Metrics to Monitor", in the guide's order. */
const objectives = (metrics: AiBackendMetrics): Row => ({
  title: "Key Metrics to Monitor",
  panels: [
    {
      kind: "timeseries",
      title: "Response time (95th percentile < 2s)",
      description: "Time of the answers of the API. Warning: high response time.",
      unit: "seconds",
      queries: [{ expression: latencyOf(metrics), legend: "p95" }],
      thresholds: { bad: "above", warning: 2 },
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Error rate (< 1%)",
      description: "Share of the API's requests that were answered with a status of 500 or more.",
      unit: "ratio",
      queries: [{ expression: failedShare(...requestsOf(metrics)), legend: "failed" }],
      thresholds: { bad: "above", warning: 0.01 },
      reachesAtLeast: 0.02,
      minimum: 0,
    },
    {
      ...memoryPanel(
        0.8,
        undefined,
        "Memory in use, as a share of the container's limit. The objective is below 80 %.",
      ),
      title: "Memory usage (< 80%)",
    },
  ],
});

/** The rest of "Key Metrics to Monitor": cache and models. */
const models = (metrics: AiBackendMetrics): Row => ({
  panels: [
    {
      kind: "timeseries",
      title: "Cache hit rate (> 80%)",
      description: "ai_backend_cache_hit_rate, over the pods that had requests. Warning: low cache hit rate.",
      unit: "ratio",
      queries: [{ expression: hitRate, legend: "hits" }],
      thresholds: { bad: "below", warning: 0.8 },
      minimum: 0,
      maximum: 1,
    },
    {
      kind: "bar gauge",
      title: "Model accuracy (> 70%)",
      description: "ai_backend_model_accuracy by type, of the worst pod. Info: model accuracy degradation.",
      unit: "ratio",
      queries: [{ expression: accuracy, legend: "{{model_type}}" }],
      thresholds: { bad: "below", warning: 0.7 },
      minimum: 0,
      maximum: 1,
    },
    {
      kind: "timeseries",
      title: "Requests",
      description: "Requests to the API, by status.",
      unit: "requests per second",
      queries: [{ expression: perSecond(...requestsOf(metrics), ["status"]), legend: "{{status}}" }],
      minimum: 0,
    },
  ],
});
