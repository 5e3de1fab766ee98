/** How far the servers of a database are, from what the operator says of its Cluster and Kubernetes of its pods. */

type Quantities = Readonly<Record<string, string>>;

/** What is promised to a container, and what it may take. */
interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

/** What the operator makes the pod of each server from, as far as a change of it makes the servers start again. */
export interface ServerDescription {
  /** Images by the containers that they are for. Containers that are not named may have any. */
  readonly images: Readonly<Record<string, string>>;
  /** CPU and memory of PostgreSQL's own container. Default: none. */
  readonly resources?: Resources;
  /** What servers should not have in common. Default: they are not spread. */
  readonly topologyKeys?: readonly string[];
  /** Whether the log has a volume of its own. Default: false. */
  readonly walVolume?: boolean;
}

/** A Cluster of the pod's own namespace, and its servers as they must be. */
export interface ServersRollout {
  readonly cluster: string;
  readonly instances: number;
  readonly server: ServerDescription;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources?: Resources;
}

/** As much of the specification of a server's pod as this reads. */
export interface ServerSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
}

/** As much of a server's pod as this reads. */
export interface ServerPod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: ServerSpec;
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

/** What a rollout of servers still waits for. */
export interface Waiting {
  readonly reason: string;
  /** Whether some server is not new yet. Else all are, and what is waited for may have nothing to do with the rollout. */
  readonly outdated: boolean;
}

/**
 * What the rollout still waits for; undefined if it is over. The Cluster alone does not tell: it goes on being healthy until the
 * operator has begun with the first server.
 */
export function serversWaitFor(
  { status = {} }: ServersCluster,
  pods: readonly ServerPod[],
  { instances, server }: ServersRollout,
): Waiting | undefined {
  const says = [status.phase, status.phaseReason].filter(Boolean).join(": ") || "nothing";
  const waiting = (what: string, outdated = false) => ({ reason: `${what} (the operator says: ${says})`, outdated });
  const old = pods.flatMap((pod) => {
    const found = differences(pod, server);
    return found.length > 0 ? [`${pod.metadata.name} with ${found.join(" and ")}`] : [];
  });
  if (old.length > 0) return waiting(`not new yet: ${old.join(", ")}`, true);
  const ready = pods.filter(isReady).length;
  if (ready < instances || pods.length > instances)
    return waiting(`${ready} of ${instances} servers are ready, ${pods.length} are there`);
  if (status.currentPrimary !== status.targetPrimary || status.phase !== healthy)
    return waiting("the operator is not done");
  return undefined;
}

/**
 * What the operator made the pod from, in its own words. What the pod itself has may be another: admission adds resources, or
 * rewrites images.
 */
function intended({ metadata, spec }: ServerPod): ServerSpec {
  const annotation = metadata.annotations?.["cnpg.io/podSpec"];
  return annotation === undefined ? spec : (JSON.parse(annotation) as ServerSpec);
}

/** What a server's pod has, and should have otherwise. What is not described should not be there. */
function differences(pod: ServerPod, { images, resources, topologyKeys = [], walVolume }: ServerDescription): string[] {
  const spec = intended(pod);
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const postgres = spec.containers.find(({ name }) => name === "postgres");
  const spread = (spec.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey);
  const hasWalVolume = spec.volumes?.some(({ name }) => name === "pg-wal") ?? false;
  return [
    ...Object.entries(images).flatMap(([wanted, image]) => {
      const found = containers.find(({ name }) => name === wanted);
      return found?.image === image ? [] : [found ? `${wanted} of ${found.image}` : `no ${wanted}`];
    }),
    ...(["requests", "limits"] as const).flatMap((kind) =>
      ["cpu", "memory"].flatMap((what) => {
        const [found, wanted] = [postgres?.resources?.[kind]?.[what], resources?.[kind]?.[what]];
        return base(found) === base(wanted) ? [] : [`${found ?? "no"} ${what} in its ${kind}`];
      }),
    ),
    ...topologyKeys.filter((key) => !spread.includes(key)).map((key) => `no spread over ${key}`),
    ...spread.filter((key) => !topologyKeys.includes(key)).map((key) => `a spread over ${key}`),
    ...(hasWalVolume === (walVolume ?? false) ? [] : [`${hasWalVolume ? "a" : "no"} volume for the log`]),
  ];
}

const units: Readonly<Record<string, number>> = { m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A quantity as a number: Kubernetes writes 1000m as 1, and 1024Mi as 1Gi. */
function base(quantity: string | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  const [, count, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(count) * (units[unit] ?? 1);
}

const isReady = ({ metadata, status }: ServerPod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
