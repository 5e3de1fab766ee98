/** Checks of the guide, with the expected answers. */
import type { Check, HttpCheck } from "../../components/checks";
import { postgresAtLeast, redisAtLeast } from "../../components/system/prerequisites";
import { enoughConnections } from "./connections";
import type { AiBackendSettings } from "./settings";

/** "Prerequisites", and what "Performance Tuning" asks of the database. */
export const prerequisites = (settings: AiBackendSettings): readonly Check[] => [
  postgresAtLeast(14, "ai-backend"),
  // Where the database exists, every system checks its connections.
  ...(settings.postgres.engine === "existing" ? [] : [enoughConnections(settings)]),
  redisAtLeast("6", "[6-9]|\\d\\d", "ai-backend"),
];

/** "Prometheus Metrics". A model whose feature is off has no accuracy. */
const metrics = (features: AiBackendSettings["features"]) => [
  "ai_backend_health_status 1",
  "ai_backend_cache_hit_rate",
  ...(Object.values(features).includes(true) ? ["ai_backend_model_accuracy"] : []),
  "ai_backend_component_health",
  "ai_backend_requests_per_minute",
];

/** Components that the guide's "Troubleshooting" checks one by one. */
const components = ["database", "redis", "ml_models"];

/** "Health Checks", "Troubleshooting", and the two objectives of "Key Metrics to Monitor" that a deployment can be held to. */
export function smokeTests({ features, objectives }: AiBackendSettings): { checks: readonly Check[] } {
  const get = (path: string, expected: Partial<HttpCheck>): HttpCheck => ({
    name: path,
    url: `\${API_URL}${path}`,
    ...expected,
  });
  const healthy = { status: "healthy" };
  return {
    checks: [
      get("/health", { answer: healthy }),
      get("/health/live", {}),
      get("/health/startup", {}),
      get("/health/ready", {}),
      get("/health/detailed", { answer: { ...healthy, checks: { database: {}, redis: {}, ml_models: {} } } }),
      ...components.map((component) =>
        get(`/health/test/${component}`, { method: "POST", answer: healthy, withinSeconds: 5, timeoutSeconds: 60 }),
      ),
      get("/metrics", { metrics: [...metrics(features), objectives.latencyMetric, objectives.requestsMetric] }),
      {
        ...get(objectives.path, { body: objectives.body }),
        name: "response time and errors",
        hint: "ai-backend:objectives.path must be what the application serves with the features that are on.",
        load: { requests: 100, errorPercent: objectives.errorRate, p95Milliseconds: objectives.p95Milliseconds },
      },
    ],
  };
}
