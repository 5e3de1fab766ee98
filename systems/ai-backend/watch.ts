/** "Key Metrics to Monitor", and the "Critical" of "Alert Thresholds". */
import type { Condition } from "../../components/watch";
import { conventional, errorPercent, extreme, memoryPercent, p95Milliseconds } from "../../components/watch/queries";
import type { AiBackendSettings } from "./settings";

const mayBeAbsent = "the application does not export it; the guide names no metric of it";

export function conditions({ objectives, workloads }: AiBackendSettings): Condition[] {
  const { latencyMetric = conventional.latency, requestsMetric: requests = conventional.requests } = objectives;
  return [
    // "Response time (95th percentile < 2s)".
    {
      name: "response time P95",
      query: p95Milliseconds(latencyMetric, "seconds"),
      unit: "ms",
      atMost: objectives.p95Milliseconds,
      mayBeAbsent,
    },
    // "Error rate (< 1%)".
    { name: "error rate", query: errorPercent({ requests }), unit: "%", atMost: objectives.errorRate, mayBeAbsent },
    // "Memory usage (< 80%)".
    {
      name: "memory usage",
      query: memoryPercent(workloads["ai-backend"].container),
      unit: "%",
      atMost: 80,
      mayBeAbsent: "Prometheus has neither the kubelet's memory of the pods nor kube-state-metrics' limit of it",
    },
    // "Cache hit rate (> 80%)", a share.
    {
      name: "cache hit rate",
      query: extreme("min", "ai_backend_cache_hit_rate", 100),
      unit: "%",
      atLeast: 80,
      needs: "ai_backend_cache_hit_rate",
    },
    // "Model accuracy (> 70%)", a share by model.
    {
      name: "model accuracy",
      query: extreme("min", "ai_backend_model_accuracy", 100),
      unit: "%",
      atLeast: 70,
      mayBeAbsent: "no feature with a model is on",
    },
    // "Critical: Service down, database unreachable".
    {
      name: "service health",
      query: extreme("min", "ai_backend_health_status"),
      atLeast: 1,
      needs: "ai_backend_health_status",
    },
    {
      name: "database health",
      query: 'min(ai_backend_component_health{namespace="$namespace",component="database"})',
      atLeast: 1,
      mayBeAbsent: "the application has no component of that name",
    },
  ];
}
