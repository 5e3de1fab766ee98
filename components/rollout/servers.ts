/** How far the servers of a database are, from what the operator says of its Cluster and Kubernetes of its pods. */

/** A Cluster of the pod's own namespace, and what each of its servers must run. */
export interface ServersRollout {
  readonly cluster: string;
  readonly instances: number;
  /** Images by the containers that they are for. */
  readonly images: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly image: string;
}

/** As much of a server's pod as this reads. */
export interface ServerPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** As much of a Cluster as this reads. */
export interface ServersCluster {
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly currentPrimary?: string;
    readonly targetPrimary?: string;
  };
}

/** What the operator says of a Cluster with which it has nothing to do. */
const healthy = "Cluster in healthy state";

/**
 * What the rollout still waits for; undefined if it is over. The Cluster alone does not tell: it goes on being healthy until the
 * operator has begun with the first server.
 */
export function serversWaitFor(
  { status = {} }: ServersCluster,
  pods: readonly ServerPod[],
  { instances, images }: ServersRollout,
): string | undefined {
  const says = [status.phase, status.phaseReason].filter(Boolean).join(": ") || "nothing";
  const of = (what: string) => `${what} (the operator says: ${says})`;
  const old = pods.flatMap((pod) => outdated(pod, images));
  if (old.length > 0) return of(`not new yet: ${old.join(", ")}`);
  const ready = pods.filter(isReady).length;
  if (ready < instances || pods.length > instances)
    return of(`${ready} of ${instances} servers are ready, ${pods.length} are there`);
  if (status.currentPrimary !== status.targetPrimary || status.phase !== healthy) return of("the operator is not done");
  return undefined;
}

const outdated = ({ metadata, spec }: ServerPod, images: Readonly<Record<string, string>>): string[] =>
  [...spec.containers, ...(spec.initContainers ?? [])]
    .filter(({ name, image }) => images[name] !== undefined && images[name] !== image)
    .map(({ name, image }) => `${metadata.name} with ${name} of ${image}`);

const isReady = ({ metadata, status }: ServerPod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
