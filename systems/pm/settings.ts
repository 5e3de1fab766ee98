/** PM Intelligence's configuration: the runbook's "Update Environment Variables", and where its parts come from. */
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

const migrations = join(__dirname, "migrations");

const milliseconds = z.number().positive();
const logLevel = z.enum(["debug", "info", "warn", "error"]);

/** The keys of the namespace `pm:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  application: application("backend", "frontend"),
  redis,
  /** How many pods each has. */
  replicas: z.strictObject({ backend: z.int().min(1).default(3), frontend: z.int().min(1).default(2) }).prefault({}),
  /** Where the notifications say to look. */
  dashboardUrl: z.url().optional(),
  runbookUrl: z.url().optional(),
  /** "Expected duration" of the notification, in words. */
  expectedDuration: z.string().min(1).default("90 minutes"),
  /** "API Key Caching". */
  apiKeyCache: z
    .strictObject({ ttlMilliseconds: z.int().min(0).default(300_000), maxSize: z.int().min(1).default(1000) })
    .prefault({}),
  /** The graph database. It is somebody else's: nothing here makes it, and nothing here backs it up. */
  neo4j: z.strictObject({
    uri: z
      .string()
      .regex(
        /^(neo4j|bolt)(\+s|\+ssc)?:\/\/[^\s@]+$/,
        "must be an address such as neo4j+s://graph.example:7687, without a user",
      ),
    user: z.string().min(1).default("neo4j"),
  }),
  /** "Neo4j Backlog": what waits for Neo4j. */
  neo4jBacklog: z
    .strictObject({
      maxSize: z.int().min(1).default(10_000),
      cleanupDays: z.int().min(1).default(7),
      maxRetries: z.int().min(1).default(5),
    })
    .prefault({}),
  /** "Logging & Observability". */
  logLevel: logLevel.default("info"),
  opportunityLogLevel: logLevel.default("debug"),
  performanceMetrics: z.boolean().default(true),
  errorAggregation: z.boolean().default(true),
  /** For how long requests that were let in before the maintenance may still write. */
  maintenanceDrainSeconds: z.int().min(0).max(600).default(30),
  /** The zone of the three schedules; the runbook's crontab has the server's. */
  timeZone: timeZone.default("Etc/UTC"),
  /** "Expected metrics". */
  thresholds: z
    .strictObject({
      p95Milliseconds: milliseconds.default(2000),
      /** In per cent. */
      errorRate: z.number().min(0).max(100).default(1),
    })
    .prefault({}),
});

export type PmSettings = z.infer<typeof settings>;

export const pmConfiguration: SystemConfiguration<PmSettings> = {
  settings,
  secrets: {
    required: { adminKey: "ADMIN_KEY", testApiKey: "TEST_API_KEY", neo4jPassword: "NEO4J_PASSWORD" },
    optional: { slackWebhookUrl: "SLACK_WEBHOOK_URL" },
  },
  migrations,
};
