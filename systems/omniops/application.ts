/** "Configuration Management", "Feature Flag Configuration" and "Kubernetes Deployment". */
import { featureEnvironment, FeatureFlags } from "../../components/feature-flags";
import type { Step } from "../../components/runbook";
import type { ConfigurationArgs, Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import { datadogAnnotations } from "./datadog";
import { features, type Feature } from "./features";
import { omniopsConfiguration, type OmniopsSettings } from "./settings";

type Omniops = System<OmniopsSettings>;
type Flags = FeatureFlags<Feature>;

/** The probes of the guide's deployment.yaml. */
const probes = {
  live: { path: "/api/health", initialDelaySeconds: 30, periodSeconds: 10 },
  ready: { path: "/api/ready", initialDelaySeconds: 10, periodSeconds: 5 },
};

export function featureFlags({ namespace, settings }: Omniops, step: Step): Flags {
  const args = { namespace, definitions: features, rollouts: settings.features };
  return new FeatureFlags("omniops-features", args, { parent: step });
}

/** The guide's production environment, and how its image is started. */
export function configuration({ settings, database, redis }: Omniops): ConfigurationArgs<OmniopsSettings> {
  const { models } = settings;
  return {
    secrets: omniopsConfiguration.secrets,
    environment: {
      ...featureEnvironment(settings.features),
      NODE_ENV: "production",
      NEXT_PUBLIC_APP_URL: settings.appUrl,
      DATABASE_URL: database.login("omniops_app").url(),
      NEXT_PUBLIC_SUPABASE_URL: settings.supabaseUrl,
      REDIS_URL: redis.url,
      REDIS_PASSWORD: redis.password,
      OPENAI_ORGANIZATION: settings.openaiOrganization,
      OPENAI_MODEL_SENTIMENT: models.sentiment,
      OPENAI_MODEL_SUGGESTIONS: models.suggestions,
      OPENAI_MODEL_PREDICTIONS: models.predictions,
      // The guide says this in three places, which contradict each other: the feature's own switch decides.
      SENTIMENT_ANALYSIS_ENABLED: String(settings.features.sentiment_analysis.enabled),
      SENTIMENT_CONFIDENCE_THRESHOLD: String(settings.sentimentConfidenceThreshold),
      ESCALATION_SENTIMENT_THRESHOLD: String(settings.escalationSentimentThreshold),
      SUGGESTION_GENERATION_TIMEOUT: String(settings.suggestionTimeoutMilliseconds),
      BATCH_PROCESSING_INTERVAL: String(settings.batchIntervalMilliseconds),
      INSIGHTS_EXTRACTION_SCHEDULE: settings.insightsSchedule,
      LOG_LEVEL: settings.logLevel,
      ALERT_EMAIL: settings.alertEmail,
    },
    // An external Redis may want none.
    mayBeEmpty: ["REDIS_PASSWORD"],
    standInProbes: probes,
    programs: ({ app }) => {
      const script = (name: string) => ({ image: app, command: ["npx", "tsx", `scripts/${name}.ts`] });
      return {
        roles: { phase4: { image: app, probes } },
        scripts: {
          "backfill-sentiment-analysis": script("backfill-sentiment-analysis"),
          "requeue-failed-jobs": script("requeue-failed-jobs"),
        },
      };
    },
  };
}

/** The Deployment omniops-phase4. The guide has the version in its selector too, which cannot change: no next version could roll. */
export function phase4(omniops: Omniops, configured: Configured, { mount }: Flags, step: Step): Workload {
  return omniops.workload(
    "omniops-phase4",
    "phase4",
    configured,
    { volumes: [mount], annotations: datadogAnnotations(omniops.settings) },
    step,
  );
}
