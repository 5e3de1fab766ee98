/** Samples of the applications' own metrics, as the stand-in exports them (lab/stand-in). */
import {
  combined,
  constant,
  counter,
  histogram,
  metric,
  wave,
  type Exporter,
  type Labels,
  type Series,
} from "./sample";
import { podsOf, sampleSystems } from "./systems";

const podsOfSystem = (system: string): Labels[] => {
  const { namespace, deployments } = sampleSystems[system]!;
  return Object.entries(deployments).flatMap(([name, count]) => podsOf(namespace, name, count));
};
const podsIn = (system: string, deployment: string): Labels[] =>
  podsOfSystem(system).filter(({ container }) => container === deployment);

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10];

/** Requests by route, of a workload. */
function web(
  pods: readonly Labels[],
  routes: readonly (readonly [method: string, route: string, perSecond: number])[],
): Series[] {
  const sets = pods.flatMap((pod) =>
    routes.flatMap(([method, route, perSecond]) =>
      combined({ status: ["200", "500"] }).map((status) => ({
        labels: { ...pod, method, route, ...status },
        perSecond,
      })),
    ),
  );
  const perSecond = (labels: Labels) => {
    const set = sets.find((each) => each.labels === labels)!;
    return set.perSecond * (labels.status === "500" ? 0.003 : 1);
  };
  const labels = sets.map((set) => set.labels);
  return [
    ...metric("http_requests_total", labels, (each) => counter(perSecond(each))),
    ...histogram("http_request_duration_seconds", seconds, labels, perSecond, 0.12),
  ];
}

const source = "lab/stand-in, and the runbook's own names";
const queued = (pods: readonly Labels[], queue: string) => pods.map((pod) => ({ ...pod, queue }));

const prism: Exporter = {
  name: "prism",
  source,
  series: [
    ...web(podsIn("prism", "prism-api"), [
      ["POST", "/api/feedback", 0.8],
      ["GET", "/api/insights", 1.4],
      ["POST", "/api/insights/:id/read", 0.3],
      ["POST", "/api/insights/:id/acted", 0.1],
    ]),
    ...web(podsIn("prism", "prism-functions"), [["POST", "/functions/v1/vat-calculator", 0.6]]),
    ...metric("prism_feedback_total", podsIn("prism", "prism-api"), () => counter(0.8)),
    ...metric("prism_feedback_corrections_total", podsIn("prism", "prism-api"), () => counter(0.1)),
    ...metric("queue_depth", queued(podsIn("prism", "prism-model-training"), "model-training"), () => wave(3, 2)),
    ...metric("queue_depth", queued(podsIn("prism", "prism-monthly-insights"), "monthly-insights"), () => wave(5, 4)),
    ...["model-training", "monthly-insights"].flatMap((queue) => [
      ...metric("queue_jobs_processed_total", queued(podsIn("prism", `prism-${queue}`), queue), () => counter(0.02)),
      ...metric("queue_jobs_failed_total", queued(podsIn("prism", `prism-${queue}`), queue), () => counter(0.0004)),
    ]),
  ],
};

const omniopsPods = podsIn("omniops", "omniops-phase4");

const omniops: Exporter = {
  name: "omniops",
  source,
  series: [
    ...histogram("omniops_sentiment_latency_seconds", seconds, omniopsPods, () => 2, 0.25),
    ...metric("omniops_ml_api_requests_total", omniopsPods, () => counter(2)),
    ...metric("omniops_ml_api_errors_total", omniopsPods, () => counter(0.006)),
    ...metric("omniops_ml_api_availability", omniopsPods, () => wave(0.995, 0.004)),
    ...metric("omniops_ml_api_cost_daily", omniopsPods, () => (time) => ((time % 86_400) / 86_400) * 900),
    ...metric("omniops_queue_lag_seconds", omniopsPods, () => wave(9, 7)),
    ...metric("omniops_phase4_requests_total", omniopsPods, () => counter(4)),
    ...metric("omniops_phase4_errors_total", omniopsPods, () => counter(0.002)),
    ...metric("queue_depth", queued(omniopsPods, "sentiment-analysis"), () => wave(11, 6)),
  ],
};

const muedPods = podsIn("mued", "mued-web");

const mued: Exporter = {
  name: "mued",
  source,
  series: [
    ...web(muedPods, [["POST", "/api/ai/chat", 0.7]]),
    ...metric("mued_chat_answers_total", muedPods, () => counter(0.7)),
    ...metric("mued_rag_citation_rate", muedPods, () => constant(78.5)),
    ...metric("mued_rag_latency_p50_seconds", muedPods, () => constant(1.2)),
    ...metric("mued_rag_cost_per_answer_jpy", muedPods, () => constant(2.5)),
    ...metric("mued_rag_slo_met", muedPods, () => constant(1)),
    ...metric("mued_rag_metrics_age_seconds", muedPods, () => (time) => time % 86_400),
  ],
};

const pmPods = podsIn("pm", "pm-backend");
const milliseconds = seconds.map((bound) => bound * 1000);

const pm: Exporter = {
  name: "pm",
  source,
  series: [
    ...metric("pm_requests_total", pmPods, () => counter(3.4)),
    ...metric("pm_errors_total", pmPods, () => counter(0.01)),
    ...histogram("pm_request_duration_ms", milliseconds, pmPods, () => 3.4, 180),
    ...metric("pm_error_rate", pmPods, () => wave(0.4, 0.2)),
    ...metric("pm_system_health", pmPods, () => constant(1)),
    ...metric(
      "pm_component_health",
      pmPods.flatMap((pod) => ["database", "redis", "neo4jBacklog"].map((component) => ({ ...pod, component }))),
      () => constant(1),
    ),
    ...metric("pm_dead_letter_items", pmPods, () => constant(3)),
    ...metric("pm_unresolved_error_groups", pmPods, () => constant(2)),
  ],
};

const aiPods = podsIn("ai-backend", "ai-backend");
const models = ["fraud_detection", "predictive_analytics", "compliance_checking", "nlp_invoice"];

const aiBackend: Exporter = {
  name: "ai-backend",
  source,
  series: [
    ...web(aiPods, [
      ["POST", "/api/fraud-detection", 1.2],
      ["POST", "/api/nlp-invoice", 0.6],
    ]),
    ...metric("ai_backend_health_status", aiPods, () => constant(1)),
    ...metric(
      "ai_backend_component_health",
      aiPods.flatMap((pod) => ["database", "redis", "ml_models"].map((component) => ({ ...pod, component }))),
      () => constant(1),
    ),
    ...metric("ai_backend_cache_hit_rate", aiPods, (_, at) => wave(0.86, 0.05, at)),
    ...metric(
      "ai_backend_model_accuracy",
      aiPods.flatMap((pod) => models.map((model_type) => ({ ...pod, model_type }))),
      ({ model_type }) => constant(0.68 + 0.07 * models.indexOf(model_type!)),
    ),
    ...metric("ai_backend_requests_per_minute", aiPods, (_, at) => wave(108, 20, at)),
  ],
};

export const applications: readonly Exporter[] = [prism, omniops, mued, pm, aiBackend];
