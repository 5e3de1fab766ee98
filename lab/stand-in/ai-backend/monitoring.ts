/**
 * Metrics of "AI Backend Deployment Guide: Prometheus Metrics". The guide also has objectives for latency and errors.
 * Those are in `http_request_duration_seconds` and `http_requests_total` with the labels `route` and `status`
 * (core/server.ts): series whose route begins with /api/ contain no probes.
 */
import type { Context } from "../core/application";
import { overall } from "../core/health";
import type { Route } from "../core/http";
import { errorMessage } from "../core/log";
import { RecentOutcomes } from "../core/recent-outcomes";
import { optional, type Component, type Components } from "./components";
import type { ModelStore } from "./model-store";
import type { ResultCache } from "./result-cache";

export function exportMetrics(
  { metrics }: Pick<Context, "metrics">,
  components: Components,
  store: ModelStore,
  cache: ResultCache,
): void {
  const health = metrics.gauge("ai_backend_health_status", "1 when it is healthy, or only its cache is away; else 0.");
  const componentHealth = metrics.gauge("ai_backend_component_health", "1 when the component is healthy, else 0.");
  metrics.beforeScrape(async () => {
    const results = await checkAll(components);
    for (const [component, result] of Object.entries(results))
      componentHealth.set({ component }, Number(result === "ok"));
    health.set({}, Number(overall(results, optional) !== "unhealthy"));
  });

  const hitRate = metrics.gauge(
    "ai_backend_cache_hit_rate",
    "Share of the inferences of the last 5 minutes whose result was cached, from 0 to 1. NaN without inferences.",
  );
  const accuracy = metrics.gauge(
    "ai_backend_model_accuracy",
    "Share of the labelled examples that the model gets right, from 0 to 1. Absent while it cannot be used.",
  );
  metrics.beforeScrape(() => {
    hitRate.set({}, cache.hitRate() ?? NaN);
    accuracy.clear();
    store.accuracies().forEach(([model, value]) => accuracy.set({ model_type: model }, value));
  });
}

/** Counts the answers of the routes, including those of faults. Probes have other routes and are not counted. */
export function counted(routes: Route[], { metrics }: Pick<Context, "metrics">): Route[] {
  const recent = new RecentOutcomes(60_000);
  const perMinute = metrics.gauge("ai_backend_requests_per_minute", "Requests to the models in the last 60 seconds.");
  metrics.beforeScrape(() => perMinute.set({}, recent.count()));
  return routes.map((route) => ({ ...route, answered: (status) => recent.add(status < 500) }));
}

async function checkAll(components: Components): Promise<Record<string, string>> {
  const results = Object.entries<Component>(components).map(async ([name, { check }]) => {
    return [name, await check().then(() => "ok", errorMessage)] as const;
  });
  return Object.fromEntries(await Promise.all(results));
}
