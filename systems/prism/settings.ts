/** PRISM's configuration: the runbook's "Configuration Variables", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { dump, postgres, redis, release, schema, timeZone } from "../settings";

/** The Sqitch project: sqitch.plan, deploy/, verify/, revert/. */
export const migrations = join(__dirname, "migrations");

/** The secret values, with the environment variable that each becomes. */
export const secretVariables = {
  openaiApiKey: "OPENAI_API_KEY",
  supabaseServiceRoleKey: "SUPABASE_SERVICE_ROLE_KEY",
  supabaseAnonKey: "SUPABASE_ANON_KEY",
  adminToken: "ADMIN_TOKEN",
} as const;

/** Where the application comes from: its images, tagged with the release, or the stand-in of the local stack. */
const application = z.union(
  [
    z.strictObject({ standIn: z.literal(true) }),
    z.strictObject({ api: z.string().min(1), functions: z.string().min(1) }),
  ],
  { error: "must be { api: IMAGE, functions: IMAGE } or { standIn: true }" },
);

/** The keys of the namespace `prism:` that are not secret. */
export const prismSettings = z.strictObject({
  release,
  schema: schema.default({}),
  application,
  postgres,
  redis,
  dump: dump.prefault({}),
  /** The Supabase project's address. Default: the functions in this cluster. */
  supabaseUrl: z.url().optional(),
  /** Whether to create the existing PRISM schema and what Supabase provides. Only for a stack of its own. */
  baseline: z.boolean().default(false),
  /** Whether missing secrets are generated. Only for a stack without real users. */
  generateSecrets: z.boolean().default(false),
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
  /** A rollout that makes no progress for so long has failed. */
  rolloutDeadlineSeconds: z.int().min(10).default(300),
  /** The user and the business in whose name the smoke tests write, and whose rows they remove again. */
  smokeTest: z
    .strictObject({ userId: z.uuid(), businessId: z.uuid() })
    .default({ userId: "00000000-0000-4000-8000-000000000001", businessId: "00000000-0000-4000-8000-000000000002" }),
});

export type PrismSettings = z.infer<typeof prismSettings>;
