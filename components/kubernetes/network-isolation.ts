import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

export interface NetworkIsolationArgs {
  readonly namespace: pulumi.Input<string>;
  /** The workload that others may reach. */
  readonly entrance: string;
  /** Namespaces that may reach it, beside its own: who calls it, the ingress controller, who reads its metrics. */
  readonly from: readonly string[];
  /** Namespaces of operators that look after pods of this one, and may reach all of them. */
  readonly operators: readonly string[];
  /** Ports of anything else that the entrance may reach. */
  readonly outside: readonly number[];
}

/**
 * A namespace as a network of its own: its pods reach each other, named namespaces reach the entrance, and the entrance
 * reaches nothing else but names and what it needs outside. Enforced by the cluster's network plugin, if that does so.
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
    const entrancePods = { matchLabels: { "app.kubernetes.io/name": entrance } };
    policy("inside", {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [itself, ...operators.map(namespaceNamed)] }],
    });
    if (from.length > 0) {
      policy("entrance", {
        podSelector: entrancePods,
        policyTypes: ["Ingress"],
        ingress: [{ from: from.map(namespaceNamed), ports: [{ port: "http" }] }],
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

const port = (number: number, protocol: "TCP" | "UDP"): input.networking.v1.NetworkPolicyPort => ({
  port: number,
  protocol,
});
