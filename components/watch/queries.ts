/** Queries of what the clients of Prometheus export by convention. */

/** Metrics of a service's requests. */
export interface RequestMetrics {
  /** Counter of all requests. */
  readonly requests: string;
  /** Counter of those that failed. Default: the requests whose label `status` begins with 5. */
  readonly errors?: string;
}

/** The names that most clients have: the counter has the label `status`, and the histogram is in seconds. */
export const conventional = { requests: "http_requests_total", latency: "http_request_duration_seconds" } as const;

const selected = (metric: string, matchers = "") => `${metric}{namespace="$namespace"${matchers}}`;

const rate = (metric: string, matchers?: string) => `sum(rate(${selected(metric, matchers)}[$window]))`;

/** Share of the requests that failed, in per cent. It is 0 without a failure, and NaN without a request. */
export const errorPercent = ({ requests, errors }: RequestMetrics): string => {
  const failed = errors === undefined ? rate(requests, ',status=~"5.."') : rate(errors);
  return `100 * (${failed} or vector(0)) / ${rate(requests)}`;
};

/** Time within which 95 % of the requests are answered, in milliseconds. NaN without a request. */
export const p95Milliseconds = (histogram: string, unit: "seconds" | "milliseconds"): string => {
  const buckets = `sum by (le) (rate(${selected(`${histogram}_bucket`)}[$window]))`;
  return `${unit === "seconds" ? "1000 * " : ""}histogram_quantile(0.95, ${buckets})`;
};

/** Number of events since the watch began. */
export const countOf = (counter: string, matchers?: string): string =>
  `sum(increase(${selected(counter, matchers)}[$elapsed]))`;

/** Share of one counter in another, in per cent. */
export const percentOf = (part: string, whole: string): string => `100 * ${rate(part)} / ${rate(whole)}`;

/** The largest or smallest value of a gauge over the system's pods. */
export const extreme = (which: "max" | "min", gauge: string, factor = 1): string =>
  `${factor === 1 ? "" : `${factor} * `}${which}(${selected(gauge)})`;

/** Used memory of the fullest of these containers in per cent of its limit, by the kubelet and kube-state-metrics. */
export const memoryPercent = (container: string): string =>
  `100 * max(max by (pod) (${selected("container_memory_working_set_bytes", `,container="${container}"`)}) / ` +
  `max by (pod) (${selected("kube_pod_container_resource_limits", `,container="${container}",resource="memory"`)}))`;

/** Used CPU of the PostgreSQL that the stack runs, in per cent of one, by the kubelet. */
export const databaseCpuPercent = `100 * ${rate("container_cpu_usage_seconds_total", ',container="postgres"')}`;
