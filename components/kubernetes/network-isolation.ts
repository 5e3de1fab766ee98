import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

export interface NetworkIsolationArgs {
  readonly namespace: pulumi.Input<string>;
  /** Workload that other namespaces may reach: the selector of its pods, and their port. */
  readonly entrance: { readonly selector: Readonly<Record<string, string>>; readonly port: number };
  /** Other namespaces that may reach it: its clients, the ingress controller, Prometheus. */
  readonly from: readonly string[];
  /** Namespaces of operators that manage pods of this namespace and may reach all of them. */
  readonly operators: readonly string[];
  /** TCP ports outside the namespace that the entrance may reach. */
  readonly outside: readonly pulumi.Input<number>[];
}

/**
 * Network policies of a namespace. Its pods reach each other, the given namespaces reach the entrance, and the entrance
 * reaches DNS and the given ports only. They need a network plugin that enforces policies.
 */
export class NetworkIsolation extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkIsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:NetworkIsolation", name, {}, opts);
    const { namespace, entrance, from, operators, outside } = args;
    const policy = (suffix: string, spec: input.networking.v1.NetworkPolicySpec) => {
      const metadata = { name: `${name}-${suffix}`, namespace };
      return new NetworkPolicy(metadata.name, { metadata, spec }, { parent: this });
    };
    const itself = { podSelector: {} };
    // A copy, since Pulumi's types want one that could be changed.
    const entrancePods = { matchLabels: { ...entrance.selector } };
    policy("inside", {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [itself, ...operators.map(namespaceNamed)] }],
    });
    if (from.length > 0) {
      policy("entrance", {
        podSelector: entrancePods,
        policyTypes: ["Ingress"],
        ingress: [{ from: from.map(namespaceNamed), ports: [port(entrance.port, "TCP")] }],
      });
    }
    policy("outside", {
      podSelector: entrancePods,
      policyTypes: ["Egress"],
      egress: [
        { to: [itself] },
        { ports: [port(53, "UDP"), port(53, "TCP")] },
        ...(outside.length > 0 ? [{ ports: outside.map((number) => port(number, "TCP")) }] : []),
      ],
    });
    this.registerOutputs({});
  }
}

const namespaceNamed = (name: string): input.networking.v1.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const port = (number: pulumi.Input<number>, protocol: "TCP" | "UDP"): input.networking.v1.NetworkPolicyPort => ({
  port: number,
  protocol,
});
