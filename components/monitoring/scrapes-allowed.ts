import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Target } from "./targets";

/**
 * Lets Prometheus into a namespace whose network policies keep others out: to the port of the metrics of each target, and
 * to nothing else. Where nothing else is let in, such a policy shuts everybody else out: it is made after
 * those of the namespace.
 */
export function allowScrapes(
  namespace: pulumi.Input<string>,
  targets: readonly Target[],
  prometheusNamespace: pulumi.Input<string>,
  isolation: pulumi.Resource,
  opts: pulumi.CustomResourceOptions,
): void {
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": prometheusNamespace } } }];
  for (const { name, selector, endpoint } of targets)
    new NetworkPolicy(
      `${name}-scrapes`,
      {
        metadata: { name: `${name}-scrapes`, namespace },
        spec: {
          podSelector: { matchLabels: { ...selector } },
          policyTypes: ["Ingress"],
          ingress: [{ from, ports: [{ port: endpoint.portNumber ?? endpoint.port!, protocol: "TCP" }] }],
        },
      },
      { ...opts, dependsOn: isolation },
    );
}
