import { ScheduledRestart } from "../../components/workload/scheduled-restart";
import type { Step } from "../../components/runbook";
import type { Configured, ConfigurationArgs, System } from "../../components/system";
import { supabaseUrl } from "./functions";
import { prismConfiguration, type PrismSettings } from "./settings";

type Prism = System<PrismSettings>;

/** The runbook's "Configuration Variables", and how its images are started. */
export function configuration(prism: Prism): ConfigurationArgs<PrismSettings> {
  const { settings, database, redis } = prism;
  const { supabaseAccessToken: _, ...optional } = prismConfiguration.secrets.optional;
  return {
    // The token is for the deployment of the functions alone.
    secrets: { ...prismConfiguration.secrets, optional },
    environment: {
      DATABASE_URL: database.login("prism_app").url(),
      REDIS_URL: redis.url,
      SUPABASE_URL: supabaseUrl(prism),
      FEEDBACK_BATCH_SIZE: String(settings.feedbackBatchSize),
      RETRAINING_THRESHOLD: String(settings.retrainingThreshold),
      INSIGHTS_BATCH_SIZE: String(settings.insightsBatchSize),
      MODEL_CONFIDENCE_THRESHOLD: String(settings.modelConfidenceThreshold),
    },
    programs: ({ api, functions }) => {
      const worker = (role: string) => ({ image: api, command: ["node", `dist/workers/${role}.worker.js`] });
      return {
        roles: {
          // The API's health is all that the runbook asks: "curl http://localhost:3000/health". Its workers serve nothing.
          api: { image: api, command: ["node", "dist/server.js"], probes: { ready: "/health" } },
          "model-training": worker("model-training"),
          "monthly-insights": worker("monthly-insights"),
          functions: { image: functions },
        },
      };
    },
  };
}

/**
 * The background workers of the runbook's "Worker Configuration". `cron` is its cron_restart, made graceful; `needs` is
 * the part of the schema without which the worker has nothing to work on: where the database does not have it, the worker
 * is stopped, as in "Worker Rollback".
 */
const workers = [
  { role: "model-training", cron: "0 3 * * 0", needs: "ml_models" },
  { role: "monthly-insights", cron: "0 0 1 * *", needs: "user_insights" },
] as const;

/** "API Server Updates" and "BullMQ Workers". */
export function services(prism: Prism, configured: Configured, step: Step) {
  const { namespace, settings, images, admissionPolicies } = prism;
  const api = prism.workload("prism-api", "api", configured, {}, step);
  const background = workers.map(({ role, cron, needs }) => {
    const worker = prism.workload(`prism-${role}`, role, configured, prism.has(needs) ? {} : { replicas: 0 }, step);
    const { deployment } = prism.names(`prism-${role}`);
    const when = { cron, timeZone: settings.timeZone };
    const restart = { namespace, image: images.node, deployment, ...when, admissionPolicies };
    new ScheduledRestart(`prism-${role}-restart`, restart, { parent: step });
    return worker;
  });
  return { api, workers: background };
}
