/** OmniOps' configuration: the guide's "Configuration Management", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { rolloutProblems, rolloutSettings } from "../../components/feature-flags";
import { changesUpTo } from "../../components/migrations";
import {
  application,
  commonSettings,
  cron,
  volatileRedis,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { features, neededChange, type Feature } from "./features";

const migrations = join(__dirname, "migrations");

/** A share from 0 to 1. */
const share = z.number().min(0).max(1);

/** The keys of the namespace `omniops:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  application: application("app"),
  // "maxmemory: 10gb".
  redis: volatileRedis("10Gi"),
  /** What NEXT_PUBLIC_APP_URL says. */
  appUrl: z.url().default("https://omniops.co.uk"),
  /** The Supabase project's address, NEXT_PUBLIC_SUPABASE_URL. */
  supabaseUrl: z.url(),
  openaiOrganization: z.string().min(1),
  /** Which model does what. */
  models: z
    .strictObject({
      sentiment: z.string().min(1).default("gpt-4o-mini-2024-07-18"),
      suggestions: z.string().min(1).default("gpt-4o-mini-2024-07-18"),
      predictions: z.string().min(1).default("gpt-4-turbo-2024-04-09"),
    })
    .prefault({}),
  /** Below this confidence a sentiment does not count. */
  sentimentConfidenceThreshold: share.default(0.7),
  /** Below this sentiment a conversation is escalated. */
  escalationSentimentThreshold: share.default(0.3),
  /** How long a suggestion may take. */
  suggestionTimeoutMilliseconds: z.int().min(1).default(5000),
  /** How often waiting work is taken up in a batch. */
  batchIntervalMilliseconds: z.int().min(1000).default(300_000),
  /** When insights are extracted, in cron's five fields. */
  insightsSchedule: cron.default("0 */6 * * *"),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
  alertEmail: z.email().default("alerts@omniops.co.uk"),
  /** Who has which feature. Default: nobody has any. */
  features: rolloutSettings(features),
  /** The guide's "Backfill Historical Data": done once for what is said here. Default: none. */
  backfill: z
    .strictObject({
      /** The release whose script does it: the one that the backfill belongs to, also when later ones run. */
      release: commonSettings.release,
      /** Messages of so many days. */
      days: z.int().min(1).max(3650).default(7),
      /** Messages at a time. */
      batchSize: z.int().min(1).max(10_000).default(100),
      /** A backfill that takes longer is ended; the next `up` goes on where it was. */
      deadlineSeconds: z.int().min(60).default(3600),
    })
    .optional(),
  /** The customer and the conversation in whose name the smoke tests write, and whose messages they remove again. */
  smokeTest: z
    .strictObject({ customerId: z.string().min(1), conversationId: z.uuid() })
    .default({ customerId: "smoke-test", conversationId: "00000000-0000-4000-8000-000000000002" }),
});

export type OmniopsSettings = z.infer<typeof settings>;

/** Features that are on and whose tables the schema's target takes back. */
function withoutTables(rollouts: OmniopsSettings["features"], target: string | undefined): string[] {
  const there = changesUpTo({ project: migrations, target });
  const on = (Object.keys(neededChange) as Feature[]).filter((feature) => rollouts[feature].enabled);
  return on
    .filter((feature) => !there.includes(neededChange[feature]))
    .map(
      (feature) =>
        `${feature} is enabled and needs the change ${neededChange[feature]}, which schema.target takes back: turn it off first`,
    );
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
  migrations,
  problems: ({ features: rollouts, schema }) =>
    [...rolloutProblems(features, rollouts), ...withoutTables(rollouts, schema.target)].map(
      (problem) => `features.${problem}`,
    ),
};
