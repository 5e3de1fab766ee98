/** AI Backend's configuration: the guide's "Environment Variables", "Feature Flags" and "Performance Tuning". */
import { z } from "zod";
import {
  application,
  commonSettings,
  cpus,
  quantity,
  volatileRedis,
  type SystemConfiguration,
} from "../../components/system/settings";
import { missingConnections } from "./connections";

/** A part of a path: letters, digits, dots, dashes. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, "must be a name of letters, digits, dots and dashes");

const namespaceName = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be the name of a namespace");

const metricName = z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "must be the name of a metric");

/** The keys of the namespace `ai-backend:` that are not secret. */
const settings = z.strictObject({
  ...commonSettings,
  application: application("api"),
  redis: volatileRedis("64Mi"),
  /** "Feature Flags". */
  features: z
    .strictObject({
      fraudDetection: z.boolean().default(true),
      predictiveAnalytics: z.boolean().default(true),
      complianceChecking: z.boolean().default(true),
      nlpInvoice: z.boolean().default(true),
    })
    .prefault({}),
  /** "Optimize ML Model Loading": how many models are kept in memory, and how long one may take to answer. */
  modelCacheSize: z.int().min(1).max(100).default(5),
  modelTimeoutSeconds: z.number().min(0.1).max(600).default(30),
  /** "Database Optimization": connections of each pod, and how long one may take. */
  databaseMaxConnections: z.int().min(1).max(100).default(10),
  databaseTimeoutSeconds: z.number().min(0.1).max(600).default(10),
  /** "Horizontal Scaling": between how many pods the autoscaler chooses, at so much of the CPU that they request. */
  scaling: z
    .strictObject({
      min: z.int().min(1).default(2),
      max: z.int().min(1).max(50).default(5),
      cpuPercent: z.int().min(10).max(100).default(70),
    })
    .prefault({}),
  /** "Resource Limits": what a pod is promised, and how much memory it may have. */
  resources: z
    .strictObject({
      cpu: cpus.default("500m"),
      memory: quantity.default("512Mi"),
      memoryLimit: quantity.default("2Gi"),
    })
    .prefault({}),
  /** The volume with the models, and its backups. */
  models: z
    .strictObject({
      /** The wanted version. Where the volume does not have it yet, it is copied out of the application's image. */
      version: fileName.default("1"),
      /** Where the application has its models, in its image and when it runs. */
      path: z.string().startsWith("/", "must be an absolute path").default("/app/models"),
      /** The version whose backup is to be used instead: a way back when the volume's is damaged. Default: none. */
      restore: fileName.optional(),
      storage: quantity.default("10Gi"),
      /** Pods on several nodes need ReadWriteMany. */
      accessMode: z.enum(["ReadWriteOnce", "ReadWriteMany"]).default("ReadWriteMany"),
      storageClass: z.string().min(1).optional(),
      /** A copy that takes longer has failed. */
      deadlineSeconds: z.int().min(60).default(3600),
    })
    .prefault({}),
  /** "Network Security". */
  network: z
    .strictObject({
      /** Namespaces that may reach the service: who calls it, who reads its metrics. */
      from: z.array(namespaceName).default([]),
      /** Ports outside the cluster that the service may reach, beside those of an external PostgreSQL and Redis. */
      outside: z.array(z.int().min(1).max(65535)).default([443]),
      /** The namespace of the operator that runs PostgreSQL. */
      operator: namespaceName.default("cnpg-system"),
    })
    .prefault({}),
  /** "TLS termination at load balancer", "Rate limiting enabled". Default: it is reached inside the cluster only. */
  ingress: z
    .strictObject({
      host: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be a host name"),
      /** The IngressClass of a Traefik, and the namespace that it runs in. */
      className: z.string().min(1).default("traefik"),
      controllerNamespace: namespaceName.default("traefik"),
      /** The TLS Secret of the namespace with its certificate. */
      tlsSecret: z.string().min(1),
      /** Of each client, on average, and at once. */
      requestsPerSecond: z.int().min(1).default(50),
      burst: z.int().min(1).default(100),
    })
    .optional(),
  /** "Key Metrics to Monitor", what they are measured on, and the two metrics that they are of, which the guide does not name. */
  objectives: z
    .strictObject({
      /** What is asked: the model's own path and input, where the application has one that costs nothing. */
      path: z.string().startsWith("/", "must be a path").default("/health"),
      /** What is posted there, as JSON. Default: it is asked by GET. */
      body: z.record(z.string(), z.json()).optional(),
      p95Milliseconds: z.number().positive().default(2000),
      /** In per cent. */
      errorRate: z.number().min(0).max(100).default(1),
      latencyMetric: metricName.default("http_request_duration_seconds"),
      requestsMetric: metricName.default("http_requests_total"),
    })
    .prefault({}),
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
      ? [`scaling.min is ${settings.scaling.min}, and scaling.max only ${settings.scaling.max}`]
      : []),
    ...missingConnections(settings),
  ],
};
