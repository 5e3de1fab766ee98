/** "Kubernetes Deployment", "Feature Flags", "Performance Tuning". */
import type { Step } from "../../components/runbook";
import type { ConfigurationArgs, Configured, System } from "../../components/system";
import type { VersionedVolume } from "../../components/versioned-volume";
import type { Workload } from "../../components/workload";
import { aiBackendConfiguration, type AiBackendSettings } from "./settings";

type AiBackend = System<AiBackendSettings>;

/** The guide's "Health Checks", each for its use. */
const probes = { live: "/health/live", ready: "/health/ready", startup: "/health/startup" };

export function configuration({ settings, database, redis }: AiBackend): ConfigurationArgs<AiBackendSettings> {
  const { features, models } = settings;
  return {
    secrets: aiBackendConfiguration.secrets,
    environment: {
      PORT: String(settings.workloads["ai-backend"].port),
      DATABASE_URL: database.login("ai_backend_app").url(),
      REDIS_URL: redis.url,
      FRAUD_DETECTION_ENABLED: String(features.fraudDetection),
      PREDICTIVE_ANALYTICS_ENABLED: String(features.predictiveAnalytics),
      COMPLIANCE_CHECKING_ENABLED: String(features.complianceChecking),
      NLP_INVOICE_ENABLED: String(features.nlpInvoice),
      MODEL_DIRECTORY: models.path,
      MODEL_CACHE_SIZE: String(settings.modelCacheSize),
      MODEL_TIMEOUT_SECONDS: String(settings.modelTimeoutSeconds),
      DATABASE_MAX_CONNECTIONS: String(settings.databaseMaxConnections),
      DATABASE_TIMEOUT_SECONDS: String(settings.databaseTimeoutSeconds),
    },
    standInProbes: probes,
    programs: ({ api }) => ({
      roles: { api: { image: api, probes } },
      // As Docker fills an empty volume: with what the image has there.
      scripts: { "write-models": { image: api, command: ["cp", "-R", `${models.path}/.`] } },
    }),
  };
}

export const api = (ai: AiBackend, configured: Configured, models: VersionedVolume, step: Step): Workload =>
  ai.workload(
    "ai-backend",
    "api",
    configured,
    {
      replicas: ai.settings.scaling,
      volumes: [models.mount(ai.settings.models.path)],
      resources: resources(ai.settings),
    },
    step,
  );

/** The autoscaler's percentage is of the CPU that is requested; a limit of it would only slow answers down. */
const resources = ({ resources: { cpu, memory, memoryLimit } }: AiBackendSettings) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
