/** AI Backend's configuration: the guide's "Environment Variables", "Feature Flags" and "Performance Tuning". */
import { z } from "zod";
import { application, commonSettings, volatileRedis, type SystemConfiguration } from "../../components/system/settings";

const quantity = z.string().regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi");

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
  /** The volume with the models. */
  models: z.strictObject({ storage: quantity.default("1Gi") }).prefault({}),
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
  problems: ({ scaling }) =>
    scaling.min > scaling.max
      ? [`scaling.min is ${scaling.min} and more than scaling.max, which is ${scaling.max}`]
      : [],
};
