/** "Verify Prometheus Metrics": the runbook's five, of this process. */
import { durationBuckets, type Metrics } from "../../core/metrics";
import { RecentOutcomes } from "../../core/recent-outcomes";

const recentMilliseconds = 5 * 60_000;

export interface RequestMetrics {
  count(status: number, milliseconds: number): void;
}

export function exportMetrics(metrics: Metrics, isHealthy: () => Promise<boolean>): RequestMetrics {
  const requests = metrics.counter("pm_requests_total", "Requests to the API answered, but for the maintenance mode.", [
    {},
  ]);
  const durations = metrics.histogram(
    "pm_request_duration_ms",
    "Milliseconds from a request's head to the end of its answer.",
    durationBuckets.map((seconds) => Math.round(seconds * 1000)),
  );
  const errors = metrics.counter("pm_errors_total", "Requests to the API answered with a status of 500 or more.", [{}]);
  const recent = new RecentOutcomes(recentMilliseconds);
  const rate = metrics.gauge("pm_error_rate", "Per cent of the last 5 minutes' requests that were errors.");
  const health = metrics.gauge("pm_system_health", "1 when all that it needs is there, else 0.");
  metrics.beforeScrape(async () => {
    rate.set({}, percent(1 - (recent.shareOfSuccess() ?? 1)));
    health.set({}, Number(await isHealthy()));
  });
  return {
    count(status, milliseconds) {
      requests.increment();
      durations.observe({}, milliseconds);
      if (status >= 500) errors.increment();
      recent.add(status < 500);
    },
  };
}

/** The runbook's metrics alone, out of all that the process exports. */
export const ownMetrics = (exposition: string) =>
  exposition
    .split("\n")
    .filter((line) => /^(# (HELP|TYPE) )?pm_/.test(line))
    .map((line) => `${line}\n`)
    .join("");

/** With two digits. */
export const percent = (share: number) => Math.round(share * 10_000) / 100;
