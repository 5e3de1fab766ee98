/** The key `ingress`: how users reach a system from outside the cluster. */
import { z } from "zod";
import { kubernetesName, labelName } from "./setting-values";

const perClient = z.int().min(1);
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Tells whether an IngressClass is one of Traefik's, by its name. */
export const isOfTraefik = ({ className }: { readonly className: string }): boolean => className.includes("traefik");

/**
 * The keys of `ingress`.
 * @param limit default of `requestsPerSecond`, in words
 */
export const ingressKeys = (example: string, limit = "no limit") => ({
  host: z
    .string()
    .regex(hostName, `must be a host name, such as ${example}`)
    .meta({ description: "Host name.", examples: [example] }),
  className: z
    .string()
    .min(1)
    .default("traefik")
    .describe("IngressClass. Rate limits are made for one whose name contains `traefik`."),
  controllerNamespace: kubernetesName.optional().meta({
    description:
      "Namespace of the ingress controller, which the network policies let in. Default: `traefik`. Required for another " +
      "controller, and where Traefik has another namespace. With `hostNetwork` also set `network.from`.",
    examples: ["ingress-nginx"],
  }),
  tlsSecret: kubernetesName.optional().meta({
    description:
      "TLS Secret of the system's namespace with the certificate; with an issuer, the one that it is written to. " +
      "Required without an issuer. Default: `SYSTEM-tls`.",
    examples: ["certificate"],
  }),
  clusterIssuer: kubernetesName.optional().meta({
    description: "ClusterIssuer of cert-manager that issues the certificate. Default: the certificate is there.",
    examples: ["letsencrypt"],
  }),
  issuer: kubernetesName.optional().meta({
    description: "Issuer of cert-manager in the system's namespace, in the place of `clusterIssuer`. Default: none.",
    examples: ["letsencrypt"],
  }),
  requestsPerSecond: perClient.optional().meta({
    description: `Average number of requests per second of each client. Default: ${limit}.`,
    examples: [50],
  }),
  burst: perClient.optional().meta({
    description: "Maximum number of requests of each client at once. Default: twice `requestsPerSecond`.",
    examples: [100],
  }),
  annotations: z
    .record(labelName, z.string())
    .default({})
    .meta({
      description: "Annotations for another ingress controller than Traefik, or for the DNS.",
      examples: [{ "nginx.ingress.kubernetes.io/limit-rps": "50" }],
    }),
});

/** The key `ingress` of a system whose runbook says nothing of it. */
export const ingress = (example: string) =>
  z
    .strictObject(ingressKeys(example))
    .optional()
    .meta({
      description: "Ingress with TLS. Default: the system is reachable inside the cluster only.",
      examples: [{ host: example, clusterIssuer: "letsencrypt" }],
    });

/** Settings of an ingress. */
export type IngressSettings = z.infer<z.ZodObject<ReturnType<typeof ingressKeys>>>;

/** Problems of the keys with each other. */
export function ingressProblems(settings: IngressSettings | undefined): string[] {
  if (!settings) return [];
  const { className, tlsSecret, clusterIssuer, issuer, requestsPerSecond, burst } = settings;
  return [
    ...(clusterIssuer !== undefined && issuer !== undefined
      ? ["ingress.clusterIssuer and ingress.issuer are both set; remove one of the two"]
      : []),
    ...(tlsSecret === undefined && clusterIssuer === undefined && issuer === undefined
      ? ["ingress.tlsSecret is missing; set it to the Secret with the certificate, or set ingress.clusterIssuer"]
      : []),
    ...(requestsPerSecond !== undefined && !isOfTraefik(settings)
      ? [
          `ingress.requestsPerSecond is ${requestsPerSecond} and ingress.className ${className}; rate limits are made for ` +
            "Traefik: remove it, and set ingress.annotations to those of your controller",
        ]
      : []),
    ...(burst !== undefined && requestsPerSecond === undefined
      ? ["ingress.burst is set without ingress.requestsPerSecond; set both, or remove it"]
      : []),
  ];
}
