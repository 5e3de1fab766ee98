/** Network policies of a namespace, which refuse everything that none of them allows. */
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import type { Selector } from "./selector";

/** One that is let in: pods of another namespace, all of them unless it says which, or a network as CIDR. */
export type Peer =
  { readonly namespace: string; readonly pods?: Readonly<Record<string, string>> } | { readonly network: string };

/** Pods that others may reach, at some of their ports. */
export interface Opening {
  readonly name: string;
  readonly pods: Selector;
  readonly from: readonly Peer[];
  readonly ports: readonly number[];
}

/** Destinations of pods: TCP ports anywhere, and namespaces at every port. */
export interface Destinations {
  readonly ports: readonly number[];
  readonly namespaces: readonly string[];
}

export interface NetworkIsolationArgs {
  readonly namespace: pulumi.Input<string>;
  /** Networks, as CIDR, in which the cluster's DNS answers beside the pods of kube-system. */
  readonly nameservers: readonly string[];
  /** Destinations of every pod but the silent ones. */
  readonly outside: pulumi.Output<Destinations>;
  /** Further destinations of pods that are neither silent nor of an application: databases and Jobs. */
  readonly operations: Destinations;
  /** Names of an application's Deployments, as their pods have them in `app.kubernetes.io/name`. */
  readonly application: readonly string[];
  /** Names, in the same label, of pods that answer and never connect to anybody. */
  readonly silent: readonly string[];
  readonly openings: readonly Opening[];
}

/** Ports at which clusters have their API server. It has no pods to select, and addresses that change. */
const apiServer = [443, 6443];

/**
 * Network policies of a namespace. Its pods reach each other and the cluster's DNS, and beside that what is given. They
 * need a network plugin that enforces policies.
 */
export class NetworkIsolation extends pulumi.ComponentResource {
  /** Name of the namespace, once its policies are there. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NetworkIsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:NetworkIsolation", name, {}, opts);
    const { namespace, nameservers, outside, operations, application, silent, openings } = args;
    const policy = (suffix: string, spec: input.networking.v1.NetworkPolicySpec, dependsOn: pulumi.Resource[] = []) =>
      networkPolicy(`${name}-${suffix}`, namespace, spec, { parent: this, dependsOn });
    const everywhere = (to: Destinations) => [{ to: [itself] }, nameserver(nameservers), ...rulesOf(to)];
    // A policy refuses its pods whatever it does not allow. So each allows all that its pods need, and none cuts off the
    // pods of a namespace that is in use while the next one is not there. One for each direction: kube-router, which k3s
    // has, lets a pod out by a policy of both where that lets it in.
    const ofOperations = policy("operations", {
      podSelector: but([...silent, ...application]),
      policyTypes: ["Egress"],
      egress: outside.apply((to) => [
        ...everywhere(to),
        ...rulesOf({ ...operations, ports: [...apiServer, ...operations.ports] }),
      ]),
    });
    const allowing = [
      ofOperations,
      // Its pods are those of the operations, too.
      policy("egress", { podSelector: but(silent), policyTypes: ["Egress"], egress: outside.apply(everywhere) }, [
        ofOperations,
      ]),
      ...openings.map((opening) => open(opening, namespace, { parent: this })),
    ];
    const policies = [
      policy("isolation", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [itself] }] }, allowing),
      policy("no-egress", { podSelector: {}, policyTypes: ["Egress"] }, allowing),
      ...allowing,
    ];
    this.namespace = pulumi.all(policies.map(({ metadata }) => metadata.namespace)).apply(([first]) => first!);
    this.registerOutputs({});
  }
}

/** All pods of the namespace. */
const itself = { podSelector: {} };

const open = (
  { name, pods, from, ports }: Opening,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) =>
  networkPolicy(
    name,
    namespace,
    {
      podSelector: selectorOf(pods),
      policyTypes: ["Ingress"],
      ingress: [{ from: [itself] }, { from: from.map(peerOf), ports: unique(ports).map(tcp) }],
    },
    opts,
  );

const networkPolicy = (
  name: string,
  namespace: pulumi.Input<string>,
  spec: input.networking.v1.NetworkPolicySpec,
  opts: pulumi.CustomResourceOptions,
) => new NetworkPolicy(name, { metadata: { name, namespace }, spec }, opts);

/** Copies of what Pulumi's types want to be changeable. */
const selectorOf = ({ matchLabels, matchExpressions }: Selector): input.meta.v1.LabelSelector => ({
  ...(matchLabels && { matchLabels: { ...matchLabels } }),
  ...(matchExpressions && {
    matchExpressions: matchExpressions.map(({ values, ...each }) => ({
      ...each,
      ...(values && { values: [...values] }),
    })),
  }),
});

/** Selects the pods with none of these names, and those without a name. */
const but = (names: readonly string[]): input.meta.v1.LabelSelector =>
  names.length === 0
    ? {}
    : { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "NotIn", values: [...names] }] };

function rulesOf({ ports, namespaces }: Destinations): input.networking.v1.NetworkPolicyEgressRule[] {
  return [
    ...(namespaces.length > 0
      ? [{ to: [...new Set(namespaces)].sort().map((name) => peerOf({ namespace: name })) }]
      : []),
    ...(ports.length > 0 ? [{ ports: unique(ports).map(tcp) }] : []),
  ];
}

/** The cluster's DNS: its pods, under the name that they have in all clusters, and addresses that are on the nodes. */
const nameserver = (networks: readonly string[]): input.networking.v1.NetworkPolicyEgressRule => ({
  to: [
    peerOf({ namespace: "kube-system", pods: { "k8s-app": "kube-dns" } }),
    ...networks.map((network) => peerOf({ network })),
  ],
  ports: [{ port: 53, protocol: "UDP" }, tcp(53)],
});

const peerOf = (peer: Peer): input.networking.v1.NetworkPolicyPeer =>
  "network" in peer
    ? { ipBlock: { cidr: peer.network } }
    : {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
        ...(peer.pods && { podSelector: { matchLabels: { ...peer.pods } } }),
      };

const unique = (ports: readonly number[]) => [...new Set(ports)].sort((one, other) => one - other);

const tcp = (port: number): input.networking.v1.NetworkPolicyPort => ({ port, protocol: "TCP" });
