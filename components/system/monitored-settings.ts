/** The keys `metrics` and `logs` of a workload: what the monitoring takes from its pods. */
import { z } from "zod";
import { absolutePath, variableName } from "./setting-values";

/** Metrics of a workload as its runbook has them. */
export interface MetricsDefaults {
  /** Default: /metrics. */
  readonly path?: string;
  /** Secret variable of the token. Default: none is sent. */
  readonly authorization?: string;
}

const logKind = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/, "must be the kind of a log, such as audit: a-z, 0-9 and -");

/** The key `logs`. */
export const logFiles = (defaults: Readonly<Record<string, string>>) =>
  z
    .record(logKind, absolutePath)
    .default(defaults)
    .meta({
      description:
        "Log files that the application writes in a directory of `writable`, each by its kind. A container of the pod " +
        "copies each to its output. Only with `runsheet:monitoring.logs`; what a pod writes to its output is collected " +
        "in any case.",
      examples: [{ audit: "/app/logs/audit.log" }],
    });

/** The key `metrics`. */
export const metricsOf = ({ path: metricsPath = "/metrics", authorization }: MetricsDefaults = {}) => {
  const token = variableName.meta({
    description:
      "Secret variable of the runbook whose value is sent as `Authorization: Bearer`." +
      (authorization === undefined ? " Default: none is sent." : ""),
    examples: ["ADMIN_KEY"],
  });
  return z
    .strictObject({
      scrape: z.boolean().default(true).describe("Whether the pods export metrics of Prometheus."),
      path: z
        .string()
        .regex(/^\/\S*$/, "must be a path, such as /metrics")
        .default(metricsPath)
        .describe("Path of the metrics."),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .meta({ description: "Port of the metrics. Default: that of the application.", examples: [9090] }),
      authorization: authorization === undefined ? token.optional() : token.default(authorization),
      interval: z
        .string()
        .regex(/^[1-9]\d*(s|m|h)$/, "must be a time such as 30s")
        .optional()
        .meta({
          description: "Time between two scrapes. Default: `runsheet:monitoring.scrapeInterval`.",
          examples: ["60s"],
        }),
    })
    .prefault({})
    .describe("Metrics that the pods export. Only with `runsheet:monitoring`.");
};
