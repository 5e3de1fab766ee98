/** PRISM's configuration: the runbook's "Configuration Variables", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { redis } from "../../components/system/datastore-settings";
import { ingress } from "../../components/system/ingress-settings";
import { schemaSetting } from "../../components/system/parts";
import { variablesOfOthers } from "../../components/system/secret-settings";
import { timeZone } from "../../components/system/setting-values";
import {
  application,
  commonSettings,
  isStandIn,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { workloads } from "../../components/system/workload-settings";
import { prismParts, schemaChecks } from "./schema";

/** The keys of the namespace `prism:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  schema: schemaSetting(prismParts),
  application: application("api", "functions"),
  redis,
  // "instances" of the "Worker Configuration". Training a model may take an hour.
  workloads: workloads({
    "prism-api": { replicas: 2 },
    "prism-model-training": { gracePeriodSeconds: 3600 },
    "prism-monthly-insights": {},
    "prism-functions": { replicas: 2 },
  }),
  ingress: ingress("api.prism.example"),
  supabaseUrl: z
    .url()
    .optional()
    .meta({
      description:
        "URL of the Supabase project: `SUPABASE_URL`. Default: with `functions.engine: supabase` the project's, else that " +
        "of the functions in the cluster, which serve nothing of Supabase's but `/functions/v1`.",
      examples: ["https://prism.supabase.co"],
    }),
  functions: z
    .discriminatedUnion("engine", [
      z.strictObject({
        engine: z
          .literal("kubernetes")
          .describe("`prism-functions` serves them in the cluster, from the image `application.functions`."),
      }),
      z.strictObject({
        engine: z
          .literal("supabase")
          .describe(
            "The Supabase CLI deploys them to a project, from the image `application.functions`. It has the CLI (2.13.3 " +
              "or later) and, in its working directory, `supabase/functions`. The secret is `supabaseAccessToken`.",
          ),
        project: z
          .string()
          .regex(/^[a-z0-9]+$/, "must be the reference of a project, such as abcdefghijklmnopqrst")
          .meta({ description: "Reference of the project.", examples: ["abcdefghijklmnopqrst"] }),
        flags: z
          .array(z.string().min(1))
          .default(["--use-api"])
          .describe("Further flags of `supabase functions deploy`. Without `--use-api` it needs Docker."),
      }),
    ])
    .default({ engine: "kubernetes" })
    .meta({
      description:
        'Where the edge functions are deployed ("Edge Functions Deployment"). The tests ask them there: at ' +
        "`SUPABASE_URL` with `supabase`, and in the cluster with `kubernetes`.",
      examples: [{ engine: "kubernetes" }, { engine: "supabase", project: "abcdefghijklmnopqrst" }],
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
  sentryTest: z
    .boolean()
    .default(false)
    .describe(
      'Whether each deployment sends a test message to the project of `sentryDsn` ("Test Sentry integration"), which ' +
        "must take it.",
    ),
  smokeTest: z
    .strictObject({
      userId: z
        .uuid()
        .default("00000000-0000-4000-8000-000000000001")
        .describe("ID of the user, with the stand-in only. The default is the baseline's."),
      businessId: z
        .uuid()
        .optional()
        .meta({
          description:
            "ID of the business that the classifier is asked about. Required, unless that check is skipped. Default: with " +
            "the stand-in the baseline's.",
          examples: ["00000000-0000-4000-8000-000000000002"],
        }),
    })
    .prefault({})
    .meta({
      description:
        "Business that the classifier is asked about. With the stand-in, also the user and the business under whose IDs " +
        "the smoke tests write rows and delete them; both must then exist, and be no real account.",
      examples: [{ businessId: "00000000-0000-4000-8000-000000000002" }],
    }),
});

export type PrismSettings = z.infer<typeof settings>;

/** Name of the check that asks about a business. */
export const classifier = "business-classifier";

/** Problem if the classifier is to be asked about a business, and none is named. The baseline's is the stand-in's alone. */
function missingBusiness({ smokeTest, checks, ...chosen }: PrismSettings): string[] {
  const entry = checks[classifier];
  const isSkipped = entry !== undefined && "skip" in entry && entry.skip !== undefined;
  if (isStandIn(chosen) || smokeTest.businessId !== undefined || isSkipped) return [];
  return [
    "smokeTest.businessId is missing: the runbook asks the business classifier about a business. Find one of yours with " +
      "SELECT id FROM businesses LIMIT 1, and set it with: pulumi config set --path prism:smokeTest.businessId ID",
  ];
}

export const prismConfiguration: SystemConfiguration<PrismSettings> = {
  settings,
  secrets: {
    required: {
      openaiApiKey: "OPENAI_API_KEY",
      supabaseServiceRoleKey: "SUPABASE_SERVICE_ROLE_KEY",
      supabaseAnonKey: "SUPABASE_ANON_KEY",
      adminToken: "ADMIN_TOKEN",
    },
    optional: { sentryDsn: "SENTRY_DSN", supabaseAccessToken: "SUPABASE_ACCESS_TOKEN" },
    notForPods: ["SUPABASE_ACCESS_TOKEN"],
  },
  alsoRequired: ({ functions, sentryTest, secret }) => [
    ...(functions.engine === "supabase" ? ["supabaseAccessToken"] : []),
    ...(sentryTest && !("SENTRY_DSN" in variablesOfOthers(secret)) ? ["sentryDsn"] : []),
  ],
  migrations: join(__dirname, "migrations"),
  parts: prismParts,
  schemaChecks,
  problems: (chosen) => [
    ...(isStandIn(chosen) && chosen.functions.engine === "supabase"
      ? ["functions.engine is supabase and the application is the stand-in, which no project can run; remove it"]
      : []),
    ...missingBusiness(chosen),
    ...(chosen.watch?.onFailure === "rollback" && chosen.functions.engine === "supabase"
      ? [
          "watch.onFailure is rollback, and functions.engine is supabase, where nothing takes the functions back; set it to stop",
        ]
      : []),
  ],
};
