/** PM Intelligence's configuration: the runbook's "Update Environment Variables", and where its parts come from. */
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
import { pmParts, schemaChecks } from "./schema";

const migrations = join(__dirname, "migrations");

const milliseconds = z.number().positive();
const logLevel = z.enum(["debug", "info", "warn", "error"]);

/** The keys of the namespace `pm:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  schema: schemaSetting(pmParts),
  application: application("backend", "frontend"),
  redis,
  replicas: z
    .strictObject({
      backend: z.int().min(1).default(3).describe("Number of pods of the backend."),
      frontend: z.int().min(1).default(2).describe("Number of pods of the frontend."),
    })
    .prefault({})
    .describe("Number of pods."),
  dashboardUrl: z
    .url()
    .optional()
    .meta({
      description: "URL of the dashboard, for notifications. Default: none.",
      examples: ["https://grafana.example/d/pm"],
    }),
  runbookUrl: z
    .url()
    .optional()
    .meta({
      description: "URL of the runbook, for notifications. Default: none.",
      examples: ["https://wiki.example/pm"],
    }),
  expectedDuration: z
    .string()
    .min(1)
    .default("90 minutes")
    .describe("Expected duration of a deployment, in words, for the first notification."),
  apiKeyCache: z
    .strictObject({
      ttlMilliseconds: z
        .int()
        .min(0)
        .default(300_000)
        .describe("Lifetime of an entry in milliseconds: `API_KEY_CACHE_TTL_MS`."),
      maxSize: z.int().min(1).default(1000).describe("Maximum number of entries: `API_KEY_CACHE_MAX_SIZE`."),
    })
    .prefault({})
    .describe('Cache of API keys ("API Key Caching").'),
  neo4j: z
    .strictObject({
      uri: z
        .string()
        .regex(
          /^(neo4j|bolt)(\+s|\+ssc)?:\/\/[^\s@]+$/,
          "must be an address such as neo4j+s://graph.example:7687, without a user",
        )
        .meta({ description: "Address, without a user: `NEO4J_URI`.", examples: ["neo4j+s://graph.example:7687"] }),
      user: z
        .string()
        .min(1)
        .default("neo4j")
        .describe("User: `NEO4J_USER`. The password is the secret `neo4jPassword`."),
    })
    .meta({
      description: "The Neo4j of the system. It must exist: Runsheet neither creates it nor backs it up.",
      examples: [{ uri: "neo4j+s://graph.example:7687" }],
    }),
  neo4jBacklog: z
    .strictObject({
      maxSize: z.int().min(1).default(10_000).describe("Maximum number of entries: `NEO4J_BACKLOG_MAX_SIZE`."),
      cleanupDays: z
        .int()
        .min(1)
        .default(7)
        .describe("Number of days for which entries are kept: `NEO4J_BACKLOG_CLEANUP_DAYS`."),
      maxRetries: z.int().min(1).default(5).describe("Maximum number of retries: `NEO4J_BACKLOG_MAX_RETRIES`."),
    })
    .prefault({})
    .describe('Operations that wait for Neo4j ("Neo4j Backlog").'),
  logLevel: logLevel.default("info").describe("Log level: `LOG_LEVEL`."),
  opportunityLogLevel: logLevel.default("debug").describe("Log level of opportunities: `LOG_LEVEL_OPPORTUNITY`."),
  performanceMetrics: z
    .boolean()
    .default(true)
    .describe(
      "Whether the application records performance metrics: `PERF_METRICS_ENABLED`. `false` skips their checks.",
    ),
  errorAggregation: z
    .boolean()
    .default(true)
    .describe("Whether the application aggregates errors: `ERROR_AGGREGATION_ENABLED`. `false` skips their checks."),
  maintenanceDrainSeconds: z
    .int()
    .min(0)
    .max(600)
    .default(30)
    .describe("Time in seconds for which requests that began before the maintenance may still write."),
  timeZone: timeZone.default("Etc/UTC").describe("Time zone of the three schedules."),
  thresholds: z
    .strictObject({
      p95Milliseconds: milliseconds.default(2000).describe("Maximum P95 latency, in milliseconds."),
      errorRate: z.number().min(0).max(100).default(1).describe("Maximum share of failed requests, in percent."),
    })
    .prefault({})
    .describe('Limits above which the verification of a release fails ("Expected metrics").'),
});

export type PmSettings = z.infer<typeof settings>;

export const pmConfiguration: SystemConfiguration<PmSettings> = {
  settings,
  secrets: {
    required: { adminKey: "ADMIN_KEY", testApiKey: "TEST_API_KEY", neo4jPassword: "NEO4J_PASSWORD" },
    optional: { slackWebhookUrl: "SLACK_WEBHOOK_URL" },
  },
  migrations,
  parts: pmParts,
  schemaChecks,
};
