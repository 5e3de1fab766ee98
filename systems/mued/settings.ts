/** MUED LMS' configuration, and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { singleTransactionObstacle } from "../../components/migrations/single-transaction";
import {
  application,
  commonSettings,
  cron,
  timeZone,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";

const migrations = join(__dirname, "migrations");

const milliseconds = z.number().min(0);

/** The keys of the namespace `mued:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  application: application("app"),
  /** Pods of the application. */
  replicas: z.int().min(1).max(50).default(2),
  /** "Execute Foreign Keys Migration (0004) - Optional". */
  foreignKeys: z.boolean().default(true),
  /** "Option A: Single transaction". Default: each change in its own, verified before the next. */
  singleTransaction: z.boolean().default(false),
  /** "Batch Job": when the metrics of the day before are calculated, in cron's five fields. */
  metricsSchedule: cron.default("0 2 * * *"),
  /** Of the schedule, and of the days that it calculates. */
  timeZone: timeZone.default("Asia/Tokyo"),
  /** What "SLO Compliance" compares a day with. */
  slo: z
    .strictObject({
      /** Answers with a citation, in per cent, at least. */
      citationRate: z.number().min(0).max(100).default(70),
      /** Median latency, at most. */
      latencyP50Milliseconds: milliseconds.default(1500),
      /** Average cost of an answer in JPY, at most. */
      costPerAnswer: z.number().min(0).default(3),
    })
    .prefault({}),
  /** "Query Performance Testing". */
  performance: z
    .strictObject({
      /** Whether tables are loaded for it, in a transaction that is rolled back. Default: what is there is measured. */
      load: z.boolean().default(false),
    })
    .prefault({}),
  /** "When to Rollback": what makes the verification of a release fail. */
  rollbackTriggers: z
    .strictObject({
      /** Requests that fail, in per cent. */
      errorPercent: z.number().min(0).max(100).default(5),
      /** How much slower than the baseline, in per cent. */
      slowerPercent: z.number().min(0).default(50),
      /** P95 before the deployment. Default: not known, and latency triggers nothing. */
      baselineP95Milliseconds: milliseconds.optional(),
      /** What is asked, and how often. Not the chat: each of its answers costs. */
      path: z.string().startsWith("/").default("/api/health"),
      requests: z.int().min(20).max(10_000).default(200),
    })
    .prefault({}),
});

export type MuedSettings = z.infer<typeof settings>;

/** The schema's target: without the optional foreign keys it ends before them. */
export const targetOf = ({ schema, foreignKeys }: MuedSettings): string | undefined =>
  schema.target ?? (foreignKeys ? undefined : "0003_optimize_rag_indexes");

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
  migrations,
  problems: (chosen) => {
    const obstacle = chosen.singleTransaction
      ? singleTransactionObstacle({ project: migrations, target: targetOf(chosen) })
      : undefined;
    return [
      ...(obstacle ? [`singleTransaction is not possible: ${obstacle}`] : []),
      ...(chosen.performance.load && !("standIn" in chosen.application)
        ? ["performance.load is only for the stand-in: it would add rows to the tables of the real application"]
        : []),
      ...(!chosen.foreignKeys && chosen.schema.target === "0004_add_foreign_keys"
        ? ["foreignKeys is false and schema.target is 0004_add_foreign_keys, which makes them: leave one of both out"]
        : []),
    ];
  },
};
