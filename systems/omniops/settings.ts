/** OmniOps' configuration: the guide's "Configuration Management", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { rolloutProblems, rolloutSettings } from "../../components/feature-flags";
import { maxMemory, volatileRedis } from "../../components/system/datastore-settings";
import { ingress } from "../../components/system/ingress-settings";
import { namespace } from "../../components/system/namespace-settings";
import { schemaSetting } from "../../components/system/parts";
import type { Schema } from "../../components/system/schema";
import { secret } from "../../components/system/secret-settings";
import { cron } from "../../components/system/setting-values";
import { isPinned } from "../../components/kubernetes/image-tag";
import {
  application,
  commonSettings,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { workloads } from "../../components/system/workload-settings";
import { features, neededPart, type Feature } from "./features";
import { omniopsParts, schemaChecks } from "./schema";

/** A share from 0 to 1. */
const share = z.number().min(0).max(1);

const model = (name: string) => z.string().min(1).default(name);

/** The keys of the namespace `omniops:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  // "namespace: production".
  namespace: namespace("production"),
  // "secretKeyRef". Its database-url is of the database's own Secret here.
  secret: secret({ name: "omniops-secrets", keys: { OPENAI_API_KEY: "openai-api-key" } }),
  schema: schemaSetting(omniopsParts),
  application: application("app"),
  // "maxmemory: 10gb".
  redis: volatileRedis("10Gi", {
    maxMemory: maxMemory("10gb", "gives up what was used least recently. The pod may take twice as much."),
  }),
  // The guide's deployment.yaml.
  workloads: workloads({
    "omniops-phase4": {
      replicas: 3,
      resources: { cpu: "250m", memory: "512Mi", cpuLimit: "500m", memoryLimit: "1Gi" },
      // "kubectl get pods -n production -l app=omniops".
      labels: { app: "omniops" },
    },
  }),
  ingress: ingress("omniops.example"),
  appUrl: z
    .url()
    .default("https://omniops.co.uk")
    .describe("URL of the application: `NEXT_PUBLIC_APP_URL`. Browsers get what it was when Next.js built the image."),
  supabaseUrl: z.url().meta({
    description:
      "URL of the Supabase project: `NEXT_PUBLIC_SUPABASE_URL`. Browsers get what it was when Next.js built the image.",
    examples: ["https://omniops.supabase.co"],
  }),
  openaiOrganization: z
    .string()
    .min(1)
    .meta({ description: "Organization at OpenAI: `OPENAI_ORGANIZATION`.", examples: ["org-example"] }),
  models: z
    .strictObject({
      sentiment: model("gpt-4o-mini-2024-07-18").describe("Model for sentiments: `OPENAI_MODEL_SENTIMENT`."),
      suggestions: model("gpt-4o-mini-2024-07-18").describe("Model for suggestions: `OPENAI_MODEL_SUGGESTIONS`."),
      predictions: model("gpt-4-turbo-2024-04-09").describe("Model for predictions: `OPENAI_MODEL_PREDICTIONS`."),
    })
    .prefault({})
    .describe("Models of OpenAI."),
  sentimentConfidenceThreshold: share
    .default(0.7)
    .describe("Minimum confidence of a sentiment that counts: `SENTIMENT_CONFIDENCE_THRESHOLD`."),
  escalationSentimentThreshold: share
    .default(0.3)
    .describe("Sentiment below which a conversation is escalated: `ESCALATION_SENTIMENT_THRESHOLD`."),
  suggestionTimeoutMilliseconds: z
    .int()
    .min(1)
    .default(5000)
    .describe("Timeout of a suggestion in milliseconds: `SUGGESTION_GENERATION_TIMEOUT`."),
  batchIntervalMilliseconds: z
    .int()
    .min(1000)
    .default(300_000)
    .describe("Interval between batches in milliseconds: `BATCH_PROCESSING_INTERVAL`."),
  insightsSchedule: cron
    .default("0 */6 * * *")
    .describe("Schedule on which insights are extracted: `INSIGHTS_EXTRACTION_SCHEDULE`."),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Log level: `LOG_LEVEL`."),
  alertEmail: z.email().default("alerts@omniops.co.uk").describe("Address for alerts: `ALERT_EMAIL`."),
  datadog: z
    .boolean()
    .default(false)
    .describe(
      "Whether the pods have the annotations with which Datadog's agent finds them and collects `/metrics` (OpenMetrics " +
        'check, autodiscovery), under the names of "Datadog Dashboards". The cluster must have the agent, with a key of ' +
        "its own: `datadogApiKey` is the application's.",
    ),
  features: rolloutSettings(features).meta({
    description:
      "Rollout of each feature. The application has to read it from the file that `FEATURE_ROLLOUT_FILE` names. One " +
      "that asks LaunchDarkly's SDK (`launchdarklySdkKey`) does not: its flags are set at LaunchDarkly.",
    examples: [{ sentiment_analysis: { enabled: true, percentage: 10, customers: ["omniops-internal"] } }],
  }),
  backfill: z
    .strictObject({
      release: commonSettings.release.meta({
        description: "Release whose script runs. It stays the same when a later release is deployed.",
        examples: ["phase4-v0.2.0"],
      }),
      days: z.int().min(1).max(3650).default(7).describe("Age of the messages to analyse, in days."),
      batchSize: z.int().min(1).max(10_000).default(100).describe("Number of messages per batch."),
      deadlineSeconds: z
        .int()
        .min(60)
        .default(3600)
        .describe("Time in seconds after which the backfill is stopped. The next `up` resumes it."),
    })
    .optional()
    .meta({
      description:
        'Backfill of historical data ("Backfill Historical Data"). It runs once for each value of this key, for ' +
        "the messages of all customers, whoever has the feature. Default: none.",
      examples: [{ release: "phase4-v0.2.0", days: 7 }],
    }),
  requeue: z
    .strictObject({
      schedule: cron.optional().meta({
        description: "Schedule. Default: none, and people run it: see `docs/systems.md`.",
        examples: ["*/5 * * * *"],
      }),
    })
    .prefault({})
    .meta({
      description: 'Requeueing of jobs that Redis lost, from the database ("Requeue failed jobs (from database)").',
      examples: [{ schedule: "*/5 * * * *" }],
    }),
  smokeTest: z
    .strictObject({
      customerId: z
        .string()
        .min(1)
        .meta({ description: "ID of the customer.", examples: ["smoke-test"] }),
      conversationId: z
        .uuid()
        .meta({ description: "ID of the conversation.", examples: ["00000000-0000-4000-8000-000000000002"] }),
    })
    .default({ customerId: "smoke-test", conversationId: "00000000-0000-4000-8000-000000000002" })
    .describe(
      "Conversation in which the smoke tests write a message and delete it, with the stand-in only: the guide names no " +
        "such request. It must exist. The default is the baseline's.",
    ),
});

export type OmniopsSettings = z.infer<typeof settings>;

/** Features that are on and whose tables the database is not to have. */
function withoutTables(rollouts: OmniopsSettings["features"], { parts, shipped }: Schema): string[] {
  const on = (Object.keys(neededPart) as Feature[]).filter((feature) => rollouts[feature].enabled);
  const reason = shipped ? "schema.target takes back" : "schema.without lists";
  return on
    .filter((feature) => !parts.includes(neededPart[feature]))
    .map(
      (feature) =>
        `${feature} is enabled and needs the table ${neededPart[feature]}, which ${reason}: turn it off first`,
    );
}

/** Errors for a backfill of another release than the one image that is named. */
function otherScript({ application, backfill, release }: OmniopsSettings): string[] {
  if (!backfill || "standIn" in application || !isPinned(application.app) || backfill.release === release) return [];
  return [
    `backfill.release is ${backfill.release}, and application.app is ${application.app}, which is of release ${release}: leave its ` +
      "tag and its digest out, or set backfill.release to that release",
  ];
}

export const omniopsConfiguration: SystemConfiguration<OmniopsSettings> = {
  settings,
  secrets: {
    required: {
      openaiApiKey: "OPENAI_API_KEY",
      supabaseAnonKey: "NEXT_PUBLIC_SUPABASE_ANON_KEY",
      supabaseServiceRoleKey: "SUPABASE_SERVICE_ROLE_KEY",
      slackWebhookUrl: "SLACK_WEBHOOK_URL",
      sendgridApiKey: "SENDGRID_API_KEY",
    },
    optional: {
      sentryDsn: "SENTRY_DSN",
      datadogApiKey: "DATADOG_API_KEY",
      pagerdutyIntegrationKey: "PAGERDUTY_INTEGRATION_KEY",
      launchdarklySdkKey: "LAUNCHDARKLY_SDK_KEY",
    },
  },
  migrations: join(__dirname, "migrations"),
  parts: omniopsParts,
  schemaChecks,
  problems: (settings, schema) => {
    const { features: rollouts } = settings;
    const ofFeatures = [...rolloutProblems(features, rollouts), ...(schema ? withoutTables(rollouts, schema) : [])];
    return [...ofFeatures.map((problem) => `features.${problem}`), ...otherScript(settings)];
  },
};
