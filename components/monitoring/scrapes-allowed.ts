import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Target } from "./targets";

/**
 * Lets Prometheus reach the port of the metrics of each target, and nothing else. It shuts everybody else out, so it is for
 * exporters, and for the targets of a namespace whose network policies keep others out: there it is made after those.
 */
export function allowScrapes(
  namespace: pulumi.Input<string>,
  targets: readonly Pick<Target, "name" | "selector" | "endpoint" | "port">[],
  prometheusNamespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": prometheusNamespace } } }];
  for (const { name, selector, endpoint, port = endpoint.port } of targets)
    new NetworkPolicy(
      `${name}-scrapes`,
      {
        metadata: { name: `${name}-scrapes`, namespace },
        spec: {
          podSelector: { matchLabels: { ...selector } },
          policyTypes: ["Ingress"],
          ingress: [{ from, ports: [{ port, protocol: "TCP" }] }],
        },
      },
      opts,
    );
}
