/** The key `network`: who reaches a system's pods, and where they connect to. */
import { z } from "zod";
import type { Peer } from "../kubernetes/network-isolation";
import { isOfTraefik, type IngressSettings } from "./ingress-settings";
import { labelName } from "./setting-values";

/** The name of a namespace. */
export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a namespace, such as monitoring");

const cidr = (error: string) => z.union([z.cidrv4(), z.cidrv6()], { error }).meta({ title: "network as CIDR" });

const pods = z.strictObject({ namespace: namespaceName, pods: z.record(labelName, z.string()) });

const peer = z
  .union([namespaceName, z.cidrv4(), z.cidrv6(), pods], {
    error:
      "must be the name of a namespace, such as web, a network, such as 10.0.0.0/16, or { namespace: NAME, pods: LABELS }",
  })
  .meta({ title: "namespace, network, or namespace with the labels of its pods" });

/** Settings of a system's network policies. */
export const network = z
  .strictObject({
    from: z
      .array(peer)
      .default([])
      .meta({
        description:
          "Who may connect to the workloads, at their ports and those of their metrics, beside the ingress controller of " +
          "`ingress` and the Prometheus of `runsheet:monitoring`: namespaces of clients, of a collector of metrics, or the " +
          "network of a load balancer, or of the nodes if the ingress controller has `hostNetwork`. With " +
          "`postgres.podMonitor` also to the metrics of the database's servers. Databases and Redis are reached by pods of " +
          "their namespace alone.",
        examples: [
          ["web", { namespace: "monitoring", pods: { "app.kubernetes.io/name": "prometheus" } }, "10.0.0.0/16"],
        ],
      }),
    outside: z
      .array(z.int().min(1).max(65535))
      .default([443])
      .meta({
        description:
          "TCP ports to which all pods but those of Redis may connect anywhere, beside those of every URL in the " +
          "system's keys and secrets, such as `redisUrl`, and of `checks.NAME.tcp`, which are allowed as they are. A URL " +
          "without a port counts with the usual one of its scheme. A Service inside the cluster counts " +
          "with the port of its pods. Databases and Jobs also reach the API server at 443 and 6443, the object store, and " +
          "`runsheet:prometheus`: add the port of the API server here if your cluster has another one.",
        examples: [[443, 8443]],
      }),
    dns: z
      .array(cidr("must be a network, such as 169.254.20.10/32"))
      .default(["169.254.20.10/32"])
      .meta({
        description:
          "Networks in which the cluster's DNS answers, beside the pods `k8s-app: kube-dns` of `kube-system`. The default " +
          "is the address of NodeLocal DNSCache.",
        examples: [["172.20.0.10/32"]],
      }),
    operator: namespaceName
      .default("cnpg-system")
      .describe("Namespace of CloudNativePG, whose operator reaches the servers of the database."),
  })
  .prefault({})
  .meta({
    description:
      "Network policies of the namespace. Without them nothing is reached: they are made with the namespace, unless " +
      "`namespace.create` is false, and need a network plugin that enforces policies.",
    examples: [{ from: ["web", "monitoring"], outside: [443, 5432] }],
  });

export type NetworkSettings = z.infer<typeof network>;

/** Returns those that the configuration lets in. */
export const peersOf = ({ from }: Pick<NetworkSettings, "from">): Peer[] =>
  from.map((each) => (typeof each === "object" ? each : each.includes("/") ? { network: each } : { namespace: each }));

/** Namespace of an ingress' controller. */
export const controllerOf = ({ controllerNamespace = "traefik" }: IngressSettings): string => controllerNamespace;

interface Networked {
  readonly namespace: { readonly create: boolean };
  readonly network: NetworkSettings;
  readonly ingress?: IngressSettings;
}

/** Problems of the keys with each other. */
export function networkProblems({ namespace, network: { from }, ingress }: Networked): string[] {
  const isUnknown = ingress !== undefined && !isOfTraefik(ingress) && ingress.controllerNamespace === undefined;
  return [
    ...(namespace.create && isUnknown
      ? [
          `ingress.controllerNamespace is missing; set it to the namespace of the controller of ${ingress.className}, ` +
            "which the network policies keep out otherwise",
        ]
      : []),
    ...(!namespace.create && from.length > 0
      ? [
          "network.from is set and namespace.create is false, and a namespace of others gets no network policies; remove it",
        ]
      : []),
  ];
}
