/** PRISM's configuration: the runbook's "Configuration Variables", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import {
  application,
  commonSettings,
  redis,
  timeZone,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";

/** The keys of the namespace `prism:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  application: application("api", "functions"),
  redis,
  /** The Supabase project's address. Default: the functions in this cluster. */
  supabaseUrl: z.url().optional(),
  /** Number of feedback items per training batch. */
  feedbackBatchSize: z.int().min(1).default(100),
  /** Minimum feedback count to trigger retraining. */
  retrainingThreshold: z.int().min(1).default(50),
  /** Users to process per insights run. */
  insightsBatchSize: z.int().min(1).default(50),
  /** Minimum confidence for auto-classification. */
  modelConfidenceThreshold: z.number().min(0).max(1).default(0.7),
  /** Days for which feedback that was used in training is kept. */
  trainingRetentionDays: z.int().min(30).default(365),
  /** For every schedule. */
  timeZone: timeZone.default("Africa/Lagos"),
  /** The user and the business in whose name the smoke tests write, and whose rows they remove again. */
  smokeTest: z
    .strictObject({ userId: z.uuid(), businessId: z.uuid() })
    .default({ userId: "00000000-0000-4000-8000-000000000001", businessId: "00000000-0000-4000-8000-000000000002" }),
});

export type PrismSettings = z.infer<typeof settings>;

export const prismConfiguration: SystemConfiguration<PrismSettings> = {
  settings,
  secrets: {
    required: {
      openaiApiKey: "OPENAI_API_KEY",
      supabaseServiceRoleKey: "SUPABASE_SERVICE_ROLE_KEY",
      supabaseAnonKey: "SUPABASE_ANON_KEY",
      adminToken: "ADMIN_TOKEN",
    },
    optional: { sentryDsn: "SENTRY_DSN" },
  },
  migrations: join(__dirname, "migrations"),
};
