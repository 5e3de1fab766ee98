/** Checks of the guide, with the expected answers. */
import type { Check, HttpCheck, Sample } from "../../components/checks";
import { literally } from "../../components/checks/literally";
import { redisAnswers } from "../../components/system/prerequisites";
import { isStandIn } from "../../components/system/settings";
import { enoughConnections } from "./connections";
import type { AiBackendSettings } from "./settings";

/** "Prerequisites", which name no versions, and what "Performance Tuning" asks of the database. */
export const prerequisites = (settings: AiBackendSettings): readonly Check[] => [
  // Where the database exists, every system checks its connections.
  ...(settings.postgres.engine === "existing" ? [] : [enoughConnections(settings)]),
  redisAnswers("ai-backend", settings.redis),
];

/**
 * "Prometheus Metrics". A model whose feature is off has no accuracy, and one that has not been asked may not have any
 * yet. The guide does not name what the objectives are measured with.
 */
function metrics({ features, objectives, ...settings }: AiBackendSettings): readonly Sample[] {
  const { latencyMetric, requestsMetric } = isStandIn(settings) ? { ...ofStandIn, ...objectives } : objectives;
  return [
    { metric: "ai_backend_health_status", value: 1 },
    { metric: "ai_backend_cache_hit_rate" },
    ...(Object.values(features).includes(true) ? [{ metric: "ai_backend_model_accuracy", orDescribed: true }] : []),
    { metric: "ai_backend_component_health" },
    { metric: "ai_backend_requests_per_minute" },
    ...[latencyMetric, requestsMetric].flatMap((metric) => (metric === undefined ? [] : [{ metric }])),
  ];
}

const ofStandIn = { latencyMetric: "http_request_duration_seconds", requestsMetric: "http_requests_total" };

/** "Check specific component": the guide names the database. */
const components = (settings: AiBackendSettings) =>
  isStandIn(settings) ? ["database", "redis", "ml_models"] : ["database"];

/**
 * "Health Checks", "Troubleshooting", and the two objectives of "Key Metrics to Monitor" that a deployment can be held
 * to. The guide says where `/health/detailed` has Redis and the models, and nothing else of the answers.
 */
export function smokeTests(settings: AiBackendSettings): { checks: readonly Check[] } {
  const { objectives } = settings;
  const get = (path: string, expected: Partial<HttpCheck>): HttpCheck => ({
    name: path,
    url: `\${API_URL}${path}`,
    ...expected,
  });
  const healthy = isStandIn(settings) ? { status: "healthy" } : undefined;
  return {
    checks: [
      get("/health", { answer: healthy }),
      get("/health/live", {}),
      get("/health/startup", {}),
      get("/health/ready", {}),
      get("/health/detailed", { answer: { ...healthy, checks: { redis: "<value>", ml_models: "<value>" } } }),
      ...components(settings).map((component) =>
        get(`/health/test/${component}`, { method: "POST", answer: healthy, withinSeconds: 5, timeoutSeconds: 60 }),
      ),
      get("/metrics", { metrics: metrics(settings) }),
      {
        ...get(literally(objectives.path), { body: literally(objectives.body) }),
        name: "response time and errors",
        hint: "ai-backend:objectives.path must be what the application serves with the features that are on.",
        load: {
          requests: objectives.requests,
          requestsKey: "ai-backend:objectives.requests",
          errorPercent: objectives.errorRate,
          p95Milliseconds: objectives.p95Milliseconds,
        },
      },
    ],
  };
}
