/** The key `runsheet:monitoring.logs`: where the logs of the systems' pods go. */
import { z } from "zod";
import { cpus, days, label, quantity, storageClass } from "./setting-values";

const existing = {
  endpoint: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/, "must be a URL without a / at its end, such as http://loki.logs:3100/otlp")
    .optional()
    .meta({
      description:
        "URL of the store's OTLP, to which the collector adds `/v1/logs`. Required with `store: loki` and `store: otlp`.",
      examples: ["http://loki.logs:3100/otlp"],
    }),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .meta({
      description:
        "Headers of every request to `endpoint` that are not secret. The header `Authorization` is the secret key " +
        "`runsheet:logsAuthorization`.",
      examples: [{ "X-Scope-OrgID": "team" }],
    }),
  lokiRules: z
    .strictObject({
      labels: z
        .record(label, z.string())
        .default({ loki_rule: "1" })
        .describe("Labels of the ConfigMap, by which the sidecar of Loki finds it."),
      annotations: z
        .record(label, z.string())
        .default({})
        .meta({
          description: "Annotations of the ConfigMap, such as the directory of the tenant.",
          examples: [{ "k8s-sidecar-target-directory": "/rules/fake" }],
        }),
    })
    .prefault({})
    .describe("The alerts on logs as rules for the ruler of Loki 3, in a ConfigMap. With `store: loki`."),
};

const victorialogs = z
  .strictObject({
    retentionDays: days.default(30).describe("Number of days for which logs are kept."),
    auditRetentionDays: days
      .default(365)
      .describe("Number of days for which logs of the kinds `audit` and `security` are kept, in a store of their own."),
    storage: quantity
      .default("20Gi")
      .describe("Size of the volume of each of the two stores. Logs are deleted earlier if it fills."),
    storageClass,
    cpu: cpus.default("50m").describe("CPU request of each store."),
    memory: quantity.default("128Mi").describe("Memory request of each store."),
    memoryLimit: quantity.default("512Mi").describe("Memory limit of each store."),
  })
  .prefault({})
  .describe("The VictoriaLogs of the stack.");

/** The logs of an engine that installs a store. */
export const logsOfOperator = z
  .strictObject({
    store: z
      .enum(["victorialogs", "loki", "otlp", "none"])
      .default("victorialogs")
      .describe(
        "`victorialogs` is run by the stack. `loki` exists: Loki 3, which is given the alerts on logs, too. `otlp` is " +
          "any other that exists and takes OTLP over HTTP. With `none` no logs are collected.",
      ),
    ...existing,
    victorialogs,
  })
  .prefault({})
  .describe("Logs of the systems' pods.");

/** The logs of an engine that finds a store. */
export const logsOfExisting = z
  .strictObject({
    store: z
      .enum(["loki", "otlp", "none"])
      .default("none")
      .describe(
        "`loki` is Loki 3, which is given the alerts on logs, too. `otlp` is any other that takes OTLP over HTTP. With " +
          "`none` no logs are collected.",
      ),
    ...existing,
  })
  .prefault({})
  .describe("Logs of the systems' pods.");

/** True for a store that exists, to which logs are sent by OTLP. */
export const isExistingStore = (store: string | undefined): boolean => store === "loki" || store === "otlp";

/** Settings of a VictoriaLogs that the stack runs. */
export type VictoriaLogsSettings = z.infer<typeof victorialogs>;

/** Settings of the rules for Loki. */
export type LokiRuleSettings = z.infer<typeof existing.lokiRules>;
