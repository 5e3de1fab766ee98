/** The queries of each system's conditions: what promtool makes of samples whose figures are known. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Condition } from "../../../components/watch";
import { run } from "../../../lab/command";
import { unpacked } from "../../../lab/packages";
import { systems } from "../../../systems";
import { temporaryDirectory } from "../server-process";
import { configurationOf } from "../../support/stack-configuration";

/** Samples every 15 s over ten minutes, in promtool's notation. */
const grows = (by: number) => `0+${by}x40`;
const stays = (value: number) => `${value}x40`;

/** 90 % of the requests take up to 100 ms, the others up to 200 ms: the 95th percentile is 150 ms. */
const histogram = (name: string, factor: number): Record<string, string> => ({
  [`${name}_bucket{le="${0.1 * factor}"}`]: grows(90),
  [`${name}_bucket{le="${0.2 * factor}"}`]: grows(100),
  [`${name}_bucket{le="+Inf"}`]: grows(100),
});
/** One of 50 requests fails. */
const requests = { 'http_requests_total{status="200"}': grows(98), 'http_requests_total{status="503"}': grows(2) };
const memory = {
  'container_memory_working_set_bytes{pod="one",container="main"}': stays(50),
  'container_memory_working_set_bytes{pod="two",container="main"}': stays(75),
  'kube_pod_container_resource_limits{pod="one",container="main",resource="memory"}': stays(100),
  'kube_pod_container_resource_limits{pod="two",container="main",resource="memory"}': stays(100),
};

/** Samples of a system, and the values of its conditions by their names. */
const figures: Readonly<Record<string, { samples: Record<string, string>; values: Record<string, number> }>> = {
  prism: {
    samples: {
      ...requests,
      'queue_jobs_failed_total{queue="model-training"}': grows(1),
      'queue_jobs_failed_total{queue="monthly-insights"}': grows(0),
      prism_feedback_total: grows(8),
      prism_feedback_corrections_total: grows(2),
    },
    values: {
      "error rate": 2,
      "model training failures": 20,
      "insights generation errors": 0,
      "feedback correction rate": 25,
    },
  },
  omniops: {
    samples: {
      omniops_phase4_requests_total: grows(200),
      omniops_phase4_errors_total: grows(3),
      'omniops_ml_api_availability{pod="one"}': stays(1),
      'omniops_ml_api_availability{pod="two"}': stays(0.94),
      'omniops_ml_api_cost_daily{pod="one"}': stays(1201),
      'omniops_ml_api_cost_daily{pod="two"}': stays(1200),
      ...histogram("omniops_sentiment_latency_seconds", 1),
      omniops_ml_api_requests_total: grows(1000),
      omniops_ml_api_errors_total: grows(6),
      omniops_queue_lag_seconds: stays(31),
    },
    values: {
      "Phase 4 error rate": 1.5,
      "ML API availability": 94,
      "ML API cost of the day": 1201,
      "sentiment analysis latency P95": 150,
      "ML API error rate": 0.6,
      "queue lag": 31,
    },
  },
  mued: {
    samples: {
      ...requests,
      ...histogram("http_request_duration_seconds", 1),
      'container_cpu_usage_seconds_total{pod="mued-postgresql-1",container="postgres"}': grows(6),
      'container_cpu_usage_seconds_total{pod="mued-web-1",container="main"}': grows(15),
    },
    values: { "error rate": 2, "API P95 latency": 150, "database CPU usage": 40 },
  },
  pm: {
    samples: {
      pm_requests_total: grows(100),
      pm_errors_total: grows(6),
      ...histogram("pm_request_duration_ms", 1000),
      'pm_system_health{pod="one"}': stays(1),
      'pm_system_health{pod="two"}': stays(0),
      ...memory,
    },
    values: {
      "error rate": 6,
      "response time P95": 150,
      "performance degradation": 150,
      "system health": 0,
      "memory usage": 75,
    },
  },
  "ai-backend": {
    samples: {
      ...requests,
      ...histogram("http_request_duration_seconds", 1),
      ...memory,
      'ai_backend_cache_hit_rate{pod="one"}': stays(0.9),
      'ai_backend_cache_hit_rate{pod="two"}': stays(0.79),
      'ai_backend_model_accuracy{model_type="fraud"}': stays(0.69),
      'ai_backend_model_accuracy{model_type="nlp"}': stays(0.9),
      ai_backend_health_status: stays(1),
      'ai_backend_component_health{component="database"}': stays(0),
      'ai_backend_component_health{component="redis"}': stays(1),
    },
    values: {
      "response time P95": 150,
      "error rate": 2,
      "memory usage": 75,
      "cache hit rate": 79,
      "model accuracy": 69,
      "service health": 1,
      "database health": 0,
    },
  },
};

const local = configurationOf("local");

/** A system's conditions with the local stack's settings. */
function conditionsOf(name: string): readonly Condition[] {
  const system = systems.find((each) => each.name === name)!;
  const keys = Object.keys(system.settings.shape).filter((key) => `${name}:${key}` in local);
  const settings = system.settings.parse(Object.fromEntries(keys.map((key) => [key, local[`${name}:${key}`]])));
  return system.conditions(settings);
}

/** In a namespace: samples of others have other figures, and must not count. */
const labelled = (series: string, namespace: string) =>
  series.includes("{") ? series.replace("{", `{namespace="${namespace}",`) : `${series}{namespace="${namespace}"}`;

let directory: string;
beforeAll(async () => (directory = await temporaryDirectory("promtool")));
afterAll(() => rm(directory, { recursive: true, force: true }));

test("every system has figures, and each of its conditions a value", () => {
  expect(Object.keys(figures)).toEqual(systems.map(({ name }) => name));
  for (const [name, { values }] of Object.entries(figures))
    expect(conditionsOf(name).map((condition) => condition.name)).toEqual(Object.keys(values));
});

test.each(Object.keys(figures))("the conditions of %s have these values, in their units", async (name) => {
  const { samples, values } = figures[name]!;
  const series = Object.entries(samples).flatMap(([each, figure]) => [
    { series: labelled(each, name), values: figure },
    { series: labelled(each, "others"), values: figure.startsWith("0+") ? "0+1000x40" : "5x40" },
  ]);
  const filled = (query: string) =>
    query.replaceAll("$namespace", name).replaceAll("$window", "120s").replaceAll("$elapsed", "300s");
  const asked = conditionsOf(name).map(({ name: condition, query }) => ({
    // A percentile is a fraction's last digit away from its value.
    expr: `round(${filled(query)}, 0.001)`,
    eval_time: "10m",
    // Exactly one value, without labels.
    exp_samples: [{ labels: "{}", value: values[condition] }],
  }));
  const tests = [{ interval: "15s", input_series: series, promql_expr_test: asked }];
  const file = join(directory, `${name}.yaml`);
  await writeFile(file, stringify({ rule_files: [], tests }));
  const promtool = join(await unpacked(["prometheus"]), "usr", "bin", "promtool");
  expect(await run(promtool, ["test", "rules", file])).toContain("SUCCESS");
});
