/** "Backend Deployment" and "Frontend Deployment". */
import type { Step } from "../../components/runbook";
import type { ConfigurationArgs, Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import { flagsOf, pmConfiguration, type PmSettings } from "./settings";

type Pm = System<PmSettings>;

const probes = { ready: "/health", live: "/health" };

/** The runbook's variables, and those that its commands take for granted. */
export function configuration({ settings, database, redis }: Pm): ConfigurationArgs<PmSettings> {
  const { apiKeyCache, neo4j, neo4jBacklog } = settings;
  return {
    // The optional one is the notifications'.
    secrets: { ...pmConfiguration.secrets, optional: {} },
    environment: {
      NODE_ENV: "production",
      DATABASE_URL: database.login("pm_app").url(),
      REDIS_URL: redis.url,
      MAINTENANCE_FLAG: flagsOf(settings).at(-1)!,
      API_KEY_CACHE_TTL_MS: String(apiKeyCache.ttlMilliseconds),
      API_KEY_CACHE_MAX_SIZE: String(apiKeyCache.maxSize),
      NEO4J_URI: neo4j.uri,
      NEO4J_USER: neo4j.user,
      NEO4J_BACKLOG_MAX_SIZE: String(neo4jBacklog.maxSize),
      NEO4J_BACKLOG_CLEANUP_DAYS: String(neo4jBacklog.cleanupDays),
      NEO4J_BACKLOG_MAX_RETRIES: String(neo4jBacklog.maxRetries),
      LOG_LEVEL: settings.logLevel,
      LOG_LEVEL_OPPORTUNITY: settings.opportunityLogLevel,
      PERF_METRICS_ENABLED: String(settings.performanceMetrics),
      ERROR_AGGREGATION_ENABLED: String(settings.errorAggregation),
    },
    programs: ({ backend, frontend }) => ({
      roles: { backend: { image: backend, probes }, frontend: { image: frontend, probes: { ready: "/", live: "/" } } },
      scripts: {
        "process-scheduled-reports": { image: backend, command: ["node", "dist/jobs/process-scheduled-reports.js"] },
      },
    }),
  };
}

export const backend = (pm: Pm, configured: Configured, step: Step): Workload =>
  pm.workload("pm-backend", "backend", configured, { replicas: pm.settings.replicas.backend }, step);

/** Workload of the frontend. It has no database and no secret, since browsers get what it serves. */
export const frontend = (pm: Pm, configured: Configured, api: Workload, step: Step): Workload =>
  pm.workload(
    "pm-frontend",
    "frontend",
    {
      ...configured,
      environment: { NODE_ENV: "production", RELEASE: pm.settings.release, API_URL: api.url },
    },
    { replicas: pm.settings.replicas.frontend },
    step,
  );
