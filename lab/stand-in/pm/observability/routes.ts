/**
 * Routes for administrators: "Monitor Key Metrics", "Verify Prometheus Metrics", "High Error Rate", "Slow Performance".
 * All paths begin with /api/admin/observability. hours is from 1 to 168 (a week). Default: 1.
 *
 * - GET /health -> 200 {status: "healthy", components: {database, redis, neo4jBacklog}}, each {status, error?,
 *   latencyMs}; 503 with "unhealthy".
 * - GET /performance/stats?hours= -> 200 {count, p50, p95, p99}, in milliseconds.
 * - GET /performance/slow?hours= -> 200 [{endpoint, method, count, p50, p95, max}], the slowest 20 endpoints.
 * - GET /errors/stats?hours= -> 200 {requests, errors, errorRatePercent}. The errors are those of this release. The
 *   requests, and the durations above, are those of all releases, because performance_metrics does not record the
 *   release.
 * - GET /metrics/prometheus -> 200, the runbook's five metrics of this process. They are also in /metrics, for a
 *   scraper.
 *
 * The routes of recorded data are 404 before V3_012, and if the variable that enables the recording is not "true".
 */
import { HttpError, type Answer, type Request, type Route } from "../../core/http";
import type { Context } from "../../core/application";
import { contentType } from "../../core/metrics";
import { hours } from "../query";
import type { PmSettings } from "../settings";
import { requireTable } from "../tables";
import * as errors from "./errors";
import { ownMetrics, percent } from "./metrics";
import * as performance from "./performance-metrics";
import type { Recorder } from "./recorder";
import type { SystemHealth } from "./system-health";

type Asked = (hours: number) => Promise<unknown>;

export function observabilityRoutes(
  { database, metrics, settings: { release } }: Pick<Context, "database" | "metrics" | "settings">,
  settings: PmSettings,
  recorder: Recorder,
  lookAtHealth: () => Promise<SystemHealth>,
): Route[] {
  const { query } = database;

  async function health(): Promise<Answer> {
    const body = await lookAtHealth();
    return { status: body.status === "healthy" ? 200 : 503, body };
  }

  /** Returns a handler that answers from recorded data. It first writes the pending records of this process. */
  const recorded = (isOn: boolean, variable: string, table: string, ask: Asked) => async (request: Request) => {
    const wanted = hours(request);
    if (!isOn) throw new HttpError(404, `Nothing is recorded: ${variable} is not "true" here.`);
    await requireTable(database, table, "V3_012_observability");
    await recorder.flush();
    return { status: 200, body: await ask(wanted) };
  };
  const times = (ask: Asked) => recorded(settings.performanceMetrics, "PERF_METRICS_ENABLED", performance.table, ask);

  async function errorStatistics(wanted: number) {
    const requests = await performance.countRequests(query, wanted);
    const failed = await errors.countErrors(query, release, wanted);
    return { requests, errors: failed, errorRatePercent: requests === 0 ? 0 : percent(failed / requests) };
  }

  const prometheus = async () => {
    return { status: 200, body: ownMetrics(await metrics.scrape()), headers: { "content-type": contentType } };
  };

  const routes: [string, Route["handle"]][] = [
    ["health", health],
    ["performance/stats", times((wanted) => performance.statistics(query, wanted))],
    ["performance/slow", times((wanted) => performance.slowest(query, wanted))],
    ["errors/stats", recorded(settings.errorAggregation, "ERROR_AGGREGATION_ENABLED", errors.table, errorStatistics)],
    ["metrics/prometheus", prometheus],
  ];
  return routes.map(([path, handle]) => ({ method: "GET", path: `/api/admin/observability/${path}`, handle }));
}
