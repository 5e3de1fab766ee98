/** The key `workloads`: what a stack decides about the pods of each workload. */
import { z } from "zod";
import { logFiles, metricsOf, type MetricsDefaults } from "./monitored-settings";
import {
  absolutePath,
  commandVariables,
  cpus,
  labelName,
  quantity,
  variableName,
  variableSecrets,
} from "./setting-values";

/** Defaults of a workload, where its runbook or its purpose has others than those that every workload has. */
export interface WorkloadDefaults {
  /** Default: 1. */
  readonly replicas?: number;
  /** Default: requests 20m of a CPU and 64Mi of memory, no limit. */
  readonly resources?: {
    readonly cpu?: string;
    readonly memory?: string;
    readonly cpuLimit?: string;
    readonly memoryLimit?: string;
  };
  /** Default: 30. */
  readonly gracePeriodSeconds?: number;
  /** Default: none. */
  readonly writable?: Readonly<Record<string, string>>;
  /** Default: 3000. */
  readonly port?: number;
  /** Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: /metrics, and no token. */
  readonly metrics?: MetricsDefaults;
  /** Log files by their kinds. Default: none. */
  readonly logs?: Readonly<Record<string, string>>;
  /** Keys of the system that stand in the place of the workload's own. Default: none. */
  readonly elsewhere?: Readonly<Partial<Record<Movable, string>>>;
}

/** Keys that a system can have in another place. */
type Movable = "replicas" | "resources";

const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
    "must be the value of a label: at most 63 letters, digits, dots, dashes and underscores",
  );

const ownLabels = z.record(
  labelName.refine((name) => !name.startsWith("app.kubernetes.io/"), "must not be one that Runsheet sets"),
  labelValue,
);

const objectName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a name such as backend: at most 63 of a-z, 0-9 and -, beginning with a letter",
  );

const toleration = z
  .strictObject({
    key: labelName.optional().describe("Key of the taint. Default: each key, with `operator: Exists`."),
    operator: z.enum(["Equal", "Exists"]).default("Equal").describe("Whether the value must be the same."),
    value: labelValue.optional().describe("Value of the taint. Default: none."),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional().describe("Effect. Default: each."),
    tolerationSeconds: z.int().min(0).optional().describe("Time in seconds, with `NoExecute`. Default: no limit."),
  })
  .refine(({ key, operator }) => key !== undefined || operator === "Exists", "must have a key, or operator: Exists")
  .refine(({ value, operator }) => value === undefined || operator === "Equal", "must have no value if it has Exists")
  .refine(
    ({ effect, tolerationSeconds }) => tolerationSeconds === undefined || effect === "NoExecute",
    "must have no tolerationSeconds unless its effect is NoExecute",
  )
  .meta({ title: "toleration of Kubernetes" });

const limited = (schema: z.ZodString, value: string | undefined, description: string, otherwise: string) =>
  value === undefined
    ? schema.optional().describe(`${description} Default: ${otherwise}.`)
    : schema.default(value).describe(description);

const resourcesOf = ({ cpu = "20m", memory = "64Mi", cpuLimit, memoryLimit }: WorkloadDefaults["resources"] = {}) =>
  z
    .strictObject({
      cpu: cpus.default(cpu).describe("CPU request of each pod."),
      memory: quantity.default(memory).describe("Memory request of each pod."),
      cpuLimit: limited(cpus, cpuLimit, "CPU limit of each pod.", "no limit"),
      memoryLimit: limited(quantity, memoryLimit, "Memory limit of each pod.", "1Gi, or the request if it is more"),
    })
    .prefault({})
    .describe("Resources of each pod.");

/** The keys of a workload with its defaults. */
const keysOf = ({
  replicas = 1,
  resources,
  gracePeriodSeconds = 30,
  writable = {},
  port = 3000,
  labels = {},
  metrics,
  logs = {},
}: WorkloadDefaults) => ({
  replicas: z.int().min(1).max(50).default(replicas).describe("Number of pods."),
  resources: resourcesOf(resources),
  gracePeriodSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(gracePeriodSeconds)
    .describe("Time in seconds to finish its work that a pod has when it is stopped. Then it is killed."),
  environment: z
    .record(variableName, z.string())
    .default({})
    .meta({
      description:
        "Variables beside those of the runbook, which they replace if they have the same name. `NEXT_PUBLIC_*` has no " +
        "effect in browsers, which get what it was when Next.js built the image.",
      examples: [{ NODE_OPTIONS: "--max-old-space-size=768" }],
    }),
  secrets: variableSecrets(
    "Secret variables beside those of the runbook, each with the secret key of this namespace that holds its value.",
    { STRIPE_API_KEY: "stripeApiKey" },
  ),
  writable: z
    .record(absolutePath, quantity)
    .default(writable)
    .meta({
      description:
        "Directories that the application writes to, each with its size. They are empty when a pod starts, and a pod " +
        "that takes more is evicted. All others are read-only, but for `/tmp` of 1Gi unless it is named here with a " +
        "size of its own. They replace the default: name its " +
        "directories, too, if the application writes there.",
      examples: [{ "/app/.next/cache": "1Gi" }],
    }),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({
      description: `Command and its arguments. ${commandVariables} Default: the runbook's, or the image's.`,
      examples: [["node", "dist/server.js"]],
    }),
  port: z.int().min(1024).max(65_535).default(port).describe("Port that the application listens on: `PORT`."),
  labels: ownLabels.default(labels).meta({
    description:
      "Labels of the Deployment and its pods, for monitoring, for other Services, and for people. They are in no " +
      "selector of Runsheet's.",
    examples: [{ app: "omniops" }],
  }),
  metrics: metricsOf(metrics),
  logs: logFiles(logs),
  deployment: objectName.optional().meta({
    description: "Name of the Deployment. One of this name that runs is taken over. Default: the workload's name.",
    examples: ["backend"],
  }),
  container: objectName.default("main").meta({ description: "Name of the container.", examples: ["backend"] }),
  selector: ownLabels
    .refine((given) => Object.keys(given).length > 0, "must have a label")
    .optional()
    .meta({
      description:
        "Selector of the Deployment, whose labels its pods get. Kubernetes does not let it change, so a Deployment " +
        "that is taken over keeps its own. Default: `app.kubernetes.io/name` with the Deployment's name.",
      examples: [{ app: "omniops", version: "phase4-v0.2.0" }],
    }),
  service: z
    .strictObject({
      name: objectName.optional().meta({
        description: "Name of the Service. One of this name is taken over. Default: the Deployment's name.",
        examples: ["backend"],
      }),
      // Not that of the process: whoever requests the Service goes on while pods with another port roll out.
      port: z
        .int()
        .min(1)
        .max(65_535)
        .default(port)
        .meta({ description: "Port of the Service.", examples: [80] }),
      portName: z
        .string()
        .regex(/^([a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?)?$/, "must be the name of a port, such as web, or empty")
        .default("http")
        .meta({
          description:
            "Name of that port; empty for none. While another name takes effect, the Service may refuse requests for a moment.",
          examples: ["web"],
        }),
    })
    .prefault({})
    .describe("Service in front of the pods."),
  nodeSelector: z
    .record(labelName, labelValue)
    .default({})
    .meta({
      description: "Labels of the nodes that may run the pods.",
      examples: [{ "kubernetes.io/arch": "amd64" }],
    }),
  tolerations: z
    .array(toleration)
    .default([])
    .meta({
      description: "Taints of nodes that the pods tolerate.",
      examples: [[{ key: "dedicated", value: "training", effect: "NoSchedule" }]],
    }),
});

type Keys = z.infer<z.ZodObject<ReturnType<typeof keysOf>>>;

/** Settings of a workload. A key that its system has in another place is missing. */
export type WorkloadSettings = Omit<Keys, Movable> & Partial<Pick<Keys, Movable>>;

/** The key of one workload. An error about an unknown key says where the system has it. */
function workload(name: string, { elsewhere = {}, ...defaults }: WorkloadDefaults) {
  const keys = Object.entries(keysOf(defaults)).filter(([key]) => !(key in elsewhere));
  const places = Object.entries(elsewhere).map(([key, place]) => `; ${key} is ${place}`);
  const known = `${keys.map(([key]) => key).join(", ")}${places.join("")}`;
  return z
    .strictObject(Object.fromEntries(keys), {
      error: ({ code }) => (code === "unrecognized_keys" ? known : undefined),
    })
    .prefault({})
    .describe(`Pods of ${name}.`) as unknown as z.ZodType<WorkloadSettings>;
}

/** The key `workloads`, with the system's workloads by their names. */
export const workloads = <Name extends string>(defaults: Readonly<Record<Name, WorkloadDefaults>>) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries<WorkloadDefaults>(defaults).map(([name, each]) => [name, workload(name, each)]),
      ) as Record<Name, z.ZodType<WorkloadSettings>>,
    )
    .prefault({} as never)
    .meta({
      description: "What the pods of each workload are given.",
      examples: [{ [Object.keys(defaults)[0]!]: { gracePeriodSeconds: 60, writable: { "/app/logs": "1Gi" } } }],
    });

/** The settings of a system's workloads by their names. */
export type Workloads = Readonly<Record<string, WorkloadSettings>>;

/** Number of pods of all workloads. */
export const podsOf = (all: Workloads): number =>
  Object.values(all).reduce((sum, { replicas = 1 }) => sum + replicas, 0);
