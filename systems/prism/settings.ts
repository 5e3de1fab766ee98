/** PRISM's configuration: the runbook's "Configuration Variables", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { redis } from "../../components/system/datastore-settings";
import { schemaSetting } from "../../components/system/parts";
import { timeZone } from "../../components/system/setting-values";
import {
  application,
  commonSettings,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { prismParts, schemaChecks } from "./schema";

/** The keys of the namespace `prism:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  schema: schemaSetting(prismParts),
  application: application("api", "functions"),
  redis,
  supabaseUrl: z
    .url()
    .optional()
    .meta({
      description: "URL of the Supabase project. Default: the functions in the cluster.",
      examples: ["https://prism.supabase.co"],
    }),
  feedbackBatchSize: z.int().min(1).default(100).describe("Number of feedback items per training batch."),
  retrainingThreshold: z
    .int()
    .min(1)
    .default(50)
    .describe("Minimum number of feedback items that triggers retraining."),
  insightsBatchSize: z.int().min(1).default(50).describe("Number of users that are processed per insights run."),
  modelConfidenceThreshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe("Minimum confidence for auto-classification."),
  trainingRetentionDays: z
    .int()
    .min(30)
    .default(365)
    .describe("Number of days for which feedback that was used in training is kept."),
  timeZone: timeZone.default("Africa/Lagos").describe("Time zone of every schedule."),
  smokeTest: z
    .strictObject({
      userId: z.uuid().meta({ description: "ID of the user.", examples: ["00000000-0000-4000-8000-000000000001"] }),
      businessId: z
        .uuid()
        .meta({ description: "ID of the business.", examples: ["00000000-0000-4000-8000-000000000002"] }),
    })
    .default({ userId: "00000000-0000-4000-8000-000000000001", businessId: "00000000-0000-4000-8000-000000000002" })
    .describe(
      "User and business under whose IDs the smoke tests write rows and delete them. Both must exist, and be no real " +
        "account. The default is the baseline's test user.",
    ),
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
  parts: prismParts,
  schemaChecks,
};
