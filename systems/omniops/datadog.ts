/** "Datadog Dashboards": the pods' metrics, by the names of the guide. */
import type { OmniopsSettings } from "./settings";

/** Names of the guide, without `omniops.`, by those of Prometheus. Datadog leaves out the `_total` of a counter. */
const metrics = {
  omniops_sentiment_latency_seconds: "sentiment.latency",
  omniops_ml_api_requests: "ml_api.requests",
  omniops_ml_api_errors: "ml_api.errors",
  omniops_ml_api_availability: "ml_api.availability",
  omniops_ml_api_cost_daily: "ml_api.cost_daily",
  omniops_queue_lag_seconds: "queue.lag",
  omniops_phase4_requests: "phase4.requests",
  omniops_phase4_errors: "phase4.errors",
} as const;

/**
 * Annotations with which Datadog's agent finds the pods and asks them for their metrics: its OpenMetrics check, by
 * autodiscovery. Undefined if the stack does not want them.
 */
export function datadogAnnotations({
  datadog,
  workloads,
}: OmniopsSettings): Readonly<Record<string, string>> | undefined {
  if (!datadog) return undefined;
  const { container, port, metrics: exported } = workloads["omniops-phase4"];
  const instance = {
    // The agent puts the pod's address in the place of %%host%%.
    openmetrics_endpoint: `http://%%host%%:${exported.port ?? port}${exported.path}`,
    namespace: "omniops",
    metrics: [metrics],
  };
  const checks = { openmetrics: { init_config: {}, instances: [instance] } };
  return { [`ad.datadoghq.com/${container}.checks`]: JSON.stringify(checks) };
}
