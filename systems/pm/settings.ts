/** PM Intelligence's configuration: the runbook's "Update Environment Variables", and where its parts come from. */
import { join } from "node:path";
import { z } from "zod";
import { withoutSecrets } from "../../components/system/plain-secrets";
import { redis } from "../../components/system/datastore-settings";
import { ingress } from "../../components/system/ingress-settings";
import { schemaSetting } from "../../components/system/parts";
import { loadRequests, timeZone } from "../../components/system/setting-values";
import {
  application,
  commonSettings,
  schemaSettings,
  type SystemConfiguration,
} from "../../components/system/settings";
import { workloads } from "../../components/system/workload-settings";
import { pmParts, schemaChecks } from "./schema";

const migrations = join(__dirname, "migrations");

/** Value of `maintenance.url` that stands for the stack's own backend. */
const ownBackend = "pm-backend";

const milliseconds = z.number().positive();
const logLevel = z.enum(["debug", "info", "warn", "error"]);

/** The keys of the namespace `pm:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  ...schemaSettings,
  schema: schemaSetting(pmParts),
  application: application("backend", "frontend"),
  redis,
  workloads: workloads({
    // "cd /app/backend", "tail -f logs/combined.log".
    "pm-backend": {
      writable: { "/app/backend/logs": "1Gi" },
      // "Verify Prometheus Metrics", which needs the administrator's key as all of /api/admin does.
      metrics: { path: "/api/admin/observability/metrics/prometheus", authorization: "ADMIN_KEY" },
      elsewhere: { replicas: "pm:replicas.backend" },
    },
    "pm-frontend": { elsewhere: { replicas: "pm:replicas.frontend" } },
  }),
  replicas: z
    .strictObject({
      backend: z.int().min(1).default(3).describe("Number of pods of the backend."),
      frontend: z.int().min(1).default(2).describe("Number of pods of the frontend."),
    })
    .prefault({})
    .describe("Number of pods."),
  ingress: ingress("pm.example"),
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
  maintenance: z
    .strictObject({
      flag: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
          error: "must be a key in Redis, or a list of keys",
        })
        .default("maintenance_mode")
        .meta({
          description:
            "Key in Redis that turns it on: `MAINTENANCE_FLAG`. It is deleted to turn it off. A list if the release to " +
            "deploy looks for another key than the one that runs: all are set, and the last is `MAINTENANCE_FLAG`.",
          examples: ["maintenance_mode", ["maintenance_mode", "pm:maintenance"]],
        }),
      value: z.string().min(1).default("true").describe("Value of the key."),
      url: z
        .union([z.literal(ownBackend), withoutSecrets(z.url({ protocol: /^https?$/ }))], {
          error: `must be a URL, or ${ownBackend} if that workload is all that serves users`,
        })
        .optional()
        .meta({
          description:
            "URL that must be answered with 503 while it is on, with `testApiKey` as its bearer token; `publicCa` is trusted. " +
            "`pm-backend` " +
            "stands for `/api/signals?limit=1` of that workload, which may not be there yet. Default: `pm-backend`; with " +
            "a database that exists, `/api/signals?limit=1` of `publicUrl`, since its application may run elsewhere.",
          examples: ["https://pm.example/api/signals?limit=1", ownBackend],
        }),
      bypassHeader: z
        .string()
        .regex(/^[\w-]+$/, "must be the name of a header, such as X-Maintenance-Bypass")
        .optional()
        .meta({
          description:
            "Header with which a request is answered in maintenance mode too, if its value is `adminKey`: the tests of " +
            "the release then run before it ends. Default: the application has none, and they run once it has ended.",
          examples: ["X-Maintenance-Bypass"],
        }),
      withinSeconds: z
        .int()
        .min(1)
        .max(3600)
        .default(60)
        .describe("Time in seconds within which the application must answer 503. Else nothing is migrated."),
    })
    .prefault({})
    .meta({
      description: 'Maintenance mode of the application ("Enable Maintenance Mode").',
      examples: [{ flag: "maintenance_mode", withinSeconds: 120 }],
    }),
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
      requests: loadRequests.default(200),
    })
    .prefault({})
    .describe('Limits above which the verification of a release fails ("Expected metrics").'),
});

export type PmSettings = z.infer<typeof settings>;

/** Keys that turn the maintenance mode on. The last one is that of the release to deploy. */
export const flagsOf = ({ maintenance: { flag } }: PmSettings): readonly string[] =>
  typeof flag === "string" ? [flag] : flag;

/** Request that the application answers with 503 in maintenance mode, and with 200 out of it. */
export const maintenancePath = "/api/signals?limit=1";

/** Returns the URL that is asked in maintenance mode. Undefined if it is that of the stack's own backend. */
export function maintenanceUrl({ maintenance: { url }, postgres, publicUrl }: PmSettings): string | undefined {
  if (url !== undefined) return url === ownBackend ? undefined : url;
  return postgres.engine === "existing" && publicUrl ? `${publicUrl.replace(/\/$/, "")}${maintenancePath}` : undefined;
}

export const pmConfiguration: SystemConfiguration<PmSettings> = {
  settings,
  secrets: {
    required: { adminKey: "ADMIN_KEY", testApiKey: "TEST_API_KEY", neo4jPassword: "NEO4J_PASSWORD" },
    optional: { slackWebhookUrl: "SLACK_WEBHOOK_URL" },
    notForPods: ["SLACK_WEBHOOK_URL"],
  },
  migrations,
  parts: pmParts,
  schemaChecks,
  problems: ({ application: chosen, maintenance: { value, url }, postgres, publicUrl }) => [
    ...("standIn" in chosen && value !== "true"
      ? [`maintenance.value is ${value} and the application is the stand-in, which looks for true; remove it`]
      : []),
    ...(postgres.engine === "existing" && url === undefined && publicUrl === undefined
      ? [
          "maintenance.url is missing; the database exists, and its application may run elsewhere: set it to the URL " +
            `that its users request, or to ${ownBackend} if nobody is served yet`,
        ]
      : []),
  ],
};
