/** Metrics of this process: the five of "Verify Prometheus Metrics", and those that "Alerts" uses in addition. */
import type { Database } from "../../core/database";
import { durationBuckets, type Metrics } from "../../core/metrics";
import { RecentOutcomes } from "../../core/recent-outcomes";
import { isThere } from "../tables";
import type { SystemHealth } from "./system-health";

const recentMilliseconds = 5 * 60_000;

export interface RequestMetrics {
  count(status: number, milliseconds: number): void;
}

export function exportMetrics(
  metrics: Metrics,
  database: Database,
  lookAtHealth: () => Promise<SystemHealth>,
): RequestMetrics {
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
  const componentHealth = metrics.gauge("pm_component_health", "1 when the component is healthy, else 0.");
  metrics.beforeScrape(async () => {
    rate.set({}, percent(1 - (recent.shareOfSuccess() ?? 1)));
    const { status, components } = await lookAtHealth();
    health.set({}, Number(status === "healthy"));
    for (const [component, { status }] of Object.entries(components))
      componentHealth.set({ component }, Number(status === "healthy"));
  });
  exportUnresolved(metrics, database);
  return {
    count(status, milliseconds) {
      requests.increment();
      durations.observe({}, milliseconds);
      if (status >= 500) errors.increment();
      recent.add(status < 500);
    },
  };
}

/**
 * Exports counts of items that wait for people. They are absent while the database is unavailable, or its schema is at
 * a target before their tables.
 */
function exportUnresolved(metrics: Metrics, { query }: Database): void {
  const absent = "Absent while they cannot be counted.";
  const counted = [
    {
      gauge: metrics.gauge(
        "pm_dead_letter_items",
        `Items of the dead letter queue that nobody has resolved. ${absent}`,
      ),
      table: "neo4j_sync_dead_letter",
      where: "resolved_at IS NULL",
    },
    {
      gauge: metrics.gauge("pm_unresolved_error_groups", `Groups of errors that nobody has resolved. ${absent}`),
      table: "error_aggregation",
      where: "status = 'unresolved'",
    },
  ];
  metrics.beforeScrape(async () => {
    for (const { gauge, table, where } of counted) {
      gauge.clear();
      try {
        if (!(await isThere(query, table))) continue;
        const [row] = await query<{ count: string }>(`SELECT count(*) FROM ${table} WHERE ${where}`);
        gauge.set({}, Number(row!.count));
      } catch {
        // The metric stays absent. The metric of the database reports that it is unavailable.
      }
    }
  });
}

/** Returns only the runbook's metrics from all that the process exports. */
export const ownMetrics = (exposition: string) =>
  exposition
    .split("\n")
    .filter((line) => /^(# (HELP|TYPE) )?pm_/.test(line))
    .map((line) => `${line}\n`)
    .join("");

/** Converts a share to per cent, with two decimals. */
export const percent = (share: number) => Math.round(share * 10_000) / 100;
