/** Metrics of "Phase 4 Deployment Guide: Monitoring Setup", except those of ml-api.ts. */
import type { Context } from "../core/application";
import type { Route } from "../core/http";
import { queues } from "./settings";

/** Price of an analysis in US dollars. It is the stand-in's own. */
export const pricePerAnalysis = 0.0004;

const analysedToday = `SELECT count(*)::int AS analyses FROM sentiment_analysis
  WHERE completed_at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;

/**
 * Exports the lag of the queue and the cost. Each process measures the same queue and the same table, so use the
 * maximum over the processes.
 */
export function exportMetrics({ metrics, database, queue }: Context): void {
  const sentiment = queue(queues.sentiment);
  const lag = metrics.gauge(
    "omniops_queue_lag_seconds",
    "Age of the oldest job that waits. Absent while Redis is away.",
  );
  metrics.beforeScrape(async () => {
    const seconds = await sentiment.waitingSince().then(secondsSince, () => undefined);
    lag.clear();
    if (seconds !== undefined) lag.set({}, seconds);
  });

  const cost = metrics.gauge(
    "omniops_ml_api_cost_daily",
    "US dollars since 00:00 UTC. Absent while the database is away.",
  );
  metrics.beforeScrape(async () => {
    const rows = await database.query<{ analyses: number }>(analysedToday).catch(() => []);
    cost.clear();
    rows.forEach(({ analyses }) => cost.set({}, Number((analyses * pricePerAnalysis).toFixed(4))));
  });
}

/**
 * Counts the answers and errors of the routes. `http_requests_total` also counts probes, which would lower an error
 * rate.
 */
export function counted(routes: Route[], { metrics }: Context): Route[] {
  const requests = metrics.counter("omniops_phase4_requests_total", "Requests of Phase 4 answered.", [{}]);
  const errors = metrics.counter(
    "omniops_phase4_errors_total",
    "Requests of Phase 4 answered with a status of 500 or more.",
    [{}],
  );
  const answered = (status: number) => {
    requests.increment();
    if (status >= 500) errors.increment();
  };
  return routes.map((route) => ({ ...route, answered }));
}

const secondsSince = (time: Date | undefined) => (time ? Math.max(0, (Date.now() - time.getTime()) / 1000) : 0);
