/** AI Backend's configuration: the guide's "Environment Variables", "Feature Flags" and "Performance Tuning". */
import { z } from "zod";
import { volatileRedis } from "../../components/system/datastore-settings";
import { ingressKeys } from "../../components/system/ingress-settings";
import { secret } from "../../components/system/secret-settings";
import { cpus, loadRequests, quantity } from "../../components/system/setting-values";
import { application, commonSettings, type SystemConfiguration } from "../../components/system/settings";
import { workloads } from "../../components/system/workload-settings";
import { missingConnections } from "./connections";

/** A part of a path: letters, digits, dots, dashes. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, "must be a name of letters, digits, dots and dashes");

/** Switch of a feature, which the application reads from the variable. */
const feature = (variable: string) => z.boolean().default(true).describe(`Whether the feature is on: \`${variable}\`.`);

const metricName = z
  .string()
  .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "must be the name of a metric, such as http_requests_total");

/** The keys of the namespace `ai-backend:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  // "Update Secrets".
  secret: secret({
    name: "ai-backend-secrets",
    keys: {
      SUPABASE_URL: "supabase-url",
      SUPABASE_SERVICE_KEY: "supabase-service-key",
      SUPABASE_ANON_KEY: "supabase-anon-key",
    },
  }),
  application: application("api"),
  redis: volatileRedis("64Mi", {}),
  workloads: workloads({
    "ai-backend": {
      // "Log Aggregation": /app/logs/ai_backend.log, and those of /app/logs/audit.
      writable: { "/app/logs": "1Gi" },
      logs: {
        application: "/app/logs/ai_backend.log",
        audit: "/app/logs/audit/ai_audit.log",
        security: "/app/logs/audit/ai_security.log",
      },
      port: 8000,
      elsewhere: { replicas: "ai-backend:scaling", resources: "ai-backend:resources" },
    },
  }),
  features: z
    .strictObject({
      fraudDetection: feature("FRAUD_DETECTION_ENABLED"),
      predictiveAnalytics: feature("PREDICTIVE_ANALYTICS_ENABLED"),
      complianceChecking: feature("COMPLIANCE_CHECKING_ENABLED"),
      nlpInvoice: feature("NLP_INVOICE_ENABLED"),
    })
    .prefault({})
    .describe('Features that are on ("Feature Flags").'),
  modelCacheSize: z.int().min(1).max(100).default(5).describe("Number of models kept in memory: `MODEL_CACHE_SIZE`."),
  modelTimeoutSeconds: z
    .number()
    .min(0.1)
    .max(600)
    .default(30)
    .describe("Timeout of an answer of a model in seconds: `MODEL_TIMEOUT_SECONDS`."),
  databaseMaxConnections: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe(
      "Maximum number of connections of each pod to the database: `DATABASE_MAX_CONNECTIONS`. Multiplied by twice " +
        "`scaling.max` it must fit into the server's connections, of which a server that the stack creates has 200.",
    ),
  databaseTimeoutSeconds: z
    .number()
    .min(0.1)
    .max(600)
    .default(10)
    .describe("Timeout of a connection to the database in seconds: `DATABASE_TIMEOUT_SECONDS`."),
  scaling: z
    .strictObject({
      min: z.int().min(1).default(2).describe("Minimum number of pods."),
      max: z.int().min(1).max(50).default(5).describe("Maximum number of pods."),
      cpuPercent: z
        .int()
        .min(10)
        .max(100)
        .default(70)
        .describe("Target CPU utilization, in percent of the CPU request."),
    })
    .prefault({})
    .describe('Autoscaling of the pods ("Horizontal Scaling"). The cluster must have metrics-server.'),
  resources: z
    .strictObject({
      cpu: cpus.default("500m").describe("CPU request of each pod."),
      memory: quantity.default("512Mi").describe("Memory request of each pod."),
      memoryLimit: quantity.default("2Gi").describe("Memory limit of each pod."),
    })
    .prefault({})
    .describe('Resources of each pod ("Resource Limits").'),
  models: z
    .strictObject({
      version: fileName
        .default("1")
        .describe(
          "Version of the models to use. If the volume does not have it, it is copied from the application's " +
            "image. Change it with each release whose image has other models. Earlier versions are kept.",
        ),
      path: z
        .string()
        .startsWith("/", "must be an absolute path, such as /app/models")
        .default("/app/models")
        .describe("Directory of the models, in the image and, read-only, in the running pod."),
      restore: fileName.optional().meta({
        description: "Version whose backup is used instead, if the volume's copy is damaged. Default: none.",
        examples: ["1"],
      }),
      storage: quantity.default("10Gi").describe("Size of the volume, and of the one with its backups."),
      accessMode: z
        .enum(["ReadWriteOnce", "ReadWriteMany"])
        .default("ReadWriteMany")
        .describe("Access mode of the volume. Pods on several nodes need `ReadWriteMany`."),
      storageClass: z
        .string()
        .min(1)
        .optional()
        .meta({
          description: "StorageClass of both volumes. Default: the cluster's default class.",
          examples: ["shared-files"],
        }),
      deadlineSeconds: z.int().min(60).default(3600).describe("Time in seconds after which a copy has failed."),
    })
    .prefault({})
    .meta({ description: "The volume with the models, and its backups.", examples: [{ version: "2" }] }),
  ingress: z
    .strictObject(ingressKeys("ai.example.com", "50 with a burst of 100, if `className` is Traefik's"))
    .optional()
    .meta({
      description:
        'Ingress with TLS and a rate limit ("TLS termination at load balancer", "Rate limiting enabled"). ' +
        "Default: the service is reachable inside the cluster only.",
      examples: [{ host: "ai.example.com", tlsSecret: "ai-tls" }],
    }),
  objectives: z
    .strictObject({
      path: z
        .string()
        .startsWith("/", "must be a path, such as /health/detailed")
        .default("/health/detailed")
        .describe(
          "Path that is requested. The default is the guide's own that asks the database, Redis and the models. Use a " +
            "model's, if the application has one that costs nothing.",
        ),
      body: z
        .record(z.string(), z.json())
        .optional()
        .meta({
          description: "JSON to post to `path`. Default: `path` is requested by GET.",
          examples: [{ amount: 20, country: "GB" }],
        }),
      p95Milliseconds: z.number().positive().default(2000).describe("Maximum P95 latency, in milliseconds."),
      errorRate: z.number().min(0).max(100).default(1).describe("Maximum share of failed requests, in percent."),
      requests: loadRequests.default(100),
      latencyMetric: metricName.optional().meta({
        description:
          "Histogram of the latency that the application exports, which the guide does not name. Default: none is " +
          "asked for.",
        examples: ["http_request_duration_seconds"],
      }),
      requestsMetric: metricName.optional().meta({
        description:
          "Counter of requests that the application exports, which the guide does not name. Default: none is asked for.",
        examples: ["http_requests_total"],
      }),
    })
    .prefault({})
    .describe(
      'Limits above which the verification of a release fails, and what they are measured on ("Key Metrics to ' +
        'Monitor").',
    ),
});

export type AiBackendSettings = z.infer<typeof settings>;

export const aiBackendConfiguration: SystemConfiguration<AiBackendSettings> = {
  settings,
  secrets: {
    required: {
      supabaseUrl: "SUPABASE_URL",
      supabaseServiceKey: "SUPABASE_SERVICE_KEY",
      supabaseAnonKey: "SUPABASE_ANON_KEY",
    },
    optional: {},
  },
  problems: (settings) => [
    ...(settings.scaling.min > settings.scaling.max
      ? [
          `scaling.min is ${settings.scaling.min} and scaling.max ${settings.scaling.max}; ` +
            "set scaling.min to no more than scaling.max",
        ]
      : []),
    ...(settings.models.path in settings.workloads["ai-backend"].writable
      ? [
          `workloads.ai-backend.writable has ${settings.models.path}, which is models.path and read-only; ` +
            "remove it",
        ]
      : []),
    ...missingConnections(settings),
    ...(settings.namespace.create
      ? []
      : [
          "namespace.create is false, and the network policies are for all pods of the namespace, of others too; " +
            "set it to true, and let runsheet:takeOver name the namespace if it exists",
        ]),
  ],
};
