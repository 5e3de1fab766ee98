/** MUED LMS' configuration, and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { changesUpTo } from "../../components/migrations";
import { ingress } from "../../components/system/ingress-settings";
import { schemaIsShipped, schemaSetting } from "../../components/system/parts";
import { commandVariables, cron, loadRequests, timeZone } from "../../components/system/setting-values";
import {
  application,
  commonSettings,
  isStandIn,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { workloads } from "../../components/system/workload-settings";
import { muedParts, schemaChecks } from "./schema";

const milliseconds = z.number().min(0);

/** The keys of the namespace `mued:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  schema: schemaSetting(muedParts),
  application: application("app"),
  workloads: workloads({ "mued-web": { elsewhere: { replicas: "mued:replicas" } } }),
  replicas: z.int().min(1).max(50).default(2).describe("Number of pods of the application."),
  ingress: ingress("mued.example"),
  foreignKeys: z
    .boolean()
    .default(true)
    .describe("Whether to deploy the optional changes 0004 and 0005 (foreign keys). `false` reverts them."),
  singleTransaction: z
    .boolean()
    .default(false)
    .describe(
      'Whether to deploy all changes in one transaction, verified before it is committed ("Option A: Single ' +
        'transaction"). Refused if a change cannot run in one. `false` deploys each change in its own.',
    ),
  development: z
    .boolean()
    .optional()
    .meta({
      description:
        'Whether this is a development environment. Only there do "Phase 2: Data Validation" and "Phase 4: Query ' +
        'Performance Testing" run, as in the checklist. Default: `true` with the stand-in, else `false`.',
      examples: [true],
    }),
  metricsSchedule: cron
    .default("0 2 * * *")
    .describe("Schedule of the batch job that calculates the metrics of a day."),
  metricsCommand: z
    .array(z.string().min(1))
    .min(1)
    .default(["npx", "tsx", "scripts/jobs/calculate-rag-metrics.ts"])
    .describe(
      `Command of the batch job, in the application's image. ${commandVariables} With the stand-in Runsheet's own SQL runs in ` +
        "its place.",
    ),
  timeZone: timeZone
    .default("Asia/Tokyo")
    .describe("Time zone of `metricsSchedule`, and of the days that the stand-in's batch job calculates."),
  slo: z
    .strictObject({
      citationRate: z
        .number()
        .min(0)
        .max(100)
        .default(70)
        .describe("Minimum share of answers with a citation, in percent."),
      latencyP50Milliseconds: milliseconds.default(1500).describe("Maximum median latency, in milliseconds."),
      costPerAnswer: z.number().min(0).default(3).describe("Maximum average cost of an answer, in JPY."),
    })
    .prefault({})
    .describe(
      'Objectives of "SLO Compliance", with the stand-in only: the application\'s batch job has its own. The checklist ' +
        "names no figures.",
    ),
  performance: z
    .strictObject({
      load: z
        .boolean()
        .default(false)
        .describe(
          "Whether to load the tables with 100 000 rows, in a transaction that is rolled back. Allowed only with " +
            "the stand-in. `false` measures the rows that exist, and judges the time only, where there are no more rows " +
            "than the checklist means.",
        ),
    })
    .prefault({})
    .describe('The query performance tests ("Query Performance Testing").'),
  rollbackTriggers: z
    .strictObject({
      errorPercent: z.number().min(0).max(100).default(5).describe("Maximum share of failed requests, in percent."),
      slowerPercent: z
        .number()
        .min(0)
        .default(50)
        .describe("Maximum increase of the P95 over the baseline, in percent."),
      baselineP95Milliseconds: milliseconds.optional().meta({
        description: "P95 latency before the deployment, in milliseconds. Default: latency is not judged.",
        examples: [180],
      }),
      path: z
        .string()
        .startsWith("/")
        .default("/api/health")
        .describe("Path that is requested. Do not use the chat: each of its answers costs money."),
      requests: loadRequests.default(200),
    })
    .prefault({})
    .describe('Limits above which the verification of a release fails ("When to Rollback").'),
});

export type MuedSettings = z.infer<typeof settings>;

/**
 * Last change to have where no `schema.target` is set: the one before the optional foreign keys if these are not
 * wanted.
 */
export const defaultTarget = ({ foreignKeys }: MuedSettings): string | undefined =>
  foreignKeys ? undefined : "0003_optimize_rag_indexes";

/** Tells whether the phases of "Development Environment Deployment" run. */
export const isDevelopment = (settings: MuedSettings): boolean => settings.development ?? isStandIn(settings);

/** Changes that are optional. */
const keyChanges = ["0004_add_foreign_keys", "0005_validate_foreign_keys"];

export const muedConfiguration: SystemConfiguration<MuedSettings> = {
  settings,
  // The checklist names no secret of the application's: these are for what it mentions.
  secrets: {
    required: {},
    optional: {
      openaiApiKey: "OPENAI_API_KEY",
      clerkSecretKey: "CLERK_SECRET_KEY",
      sentryDsn: "SENTRY_DSN",
      datadogApiKey: "DATADOG_API_KEY",
    },
  },
  migrations: join(__dirname, "migrations"),
  parts: muedParts,
  schemaChecks,
  problems: (chosen, schema) => {
    const obstacle =
      schema && chosen.singleTransaction
        ? schema.source.obstacleToOneTransaction(
            changesUpTo({ ...schema, target: schema.target ?? (schema.shipped ? defaultTarget(chosen) : undefined) }),
          )
        : undefined;
    return [
      ...(obstacle ? [`singleTransaction is not possible: ${obstacle}`] : []),
      ...(chosen.performance.load && !isStandIn(chosen)
        ? [
            "performance.load is true and would add rows to the tables of an application that is not the stand-in; " +
              "set it to false",
          ]
        : []),
      ...(chosen.performance.load && !isDevelopment(chosen)
        ? ["performance.load is true and development is false, so that no query is measured; remove one of the two"]
        : []),
      ...(!chosen.foreignKeys && keyChanges.includes(chosen.schema.target ?? "")
        ? [`foreignKeys is false and schema.target is ${chosen.schema.target}, which has them; remove one of the two`]
        : []),
      ...(!chosen.foreignKeys && !schemaIsShipped(chosen)
        ? ["foreignKeys is false and the migrations are your own; remove it, and list foreign_keys in schema.without"]
        : []),
    ];
  },
};
