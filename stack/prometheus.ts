/** The Prometheus that knows the metrics of the stack. */
import { z } from "zod";
import { withoutSecrets } from "../components/system/plain-secrets";
import type { Secrets } from "../components/system/secrets";
import type { Prometheus } from "../components/watch";

/** The key `prometheus`. */
export const prometheusSettings = z.strictObject({
  url: withoutSecrets(
    z.string().regex(/^https?:\/\/[^\s?#]+$/, "must be a URL such as http://prometheus.monitoring:9090"),
  ).meta({
    description:
      "URL that pods of the systems reach, with the path in front of `/api/v1/query`, if it has one. Whatever speaks " +
      "Prometheus' query API will do.",
    examples: ["http://prometheus-operated.monitoring:9090"],
  }),
  ca: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, "must be the certificate of an authority as PEM")
    .optional()
    .meta({
      description:
        "Certificate authority that signed its certificate, as PEM, beside the publicly trusted ones. Default: none.",
      examples: ["-----BEGIN CERTIFICATE----- ..."],
    }),
});

/** The secret keys of the stack's configuration that belong to it, with their descriptions. */
export const prometheusKeys = {
  prometheusToken: "Bearer token for `runsheet:prometheus`. Default: none is sent.",
} as const;

/** The Prometheus of a configuration. Undefined without one. */
export const prometheusOf = (
  settings: z.infer<typeof prometheusSettings> | undefined,
  { prometheusToken: token }: Secrets,
): Prometheus | undefined => settings && { ...settings, token };
