/** Progress of a database's servers, from the status of its Cluster and its pods. */

type Quantities = Readonly<Record<string, string>>;

/** Requests and limits of a container. */
interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

/** Description of a server's pod, as far as a change of it restarts the servers. */
export interface ServerDescription {
  /** Images by container name. Containers that are not named may have any image. */
  readonly images: Readonly<Record<string, string>>;
  /** Requests and limits of the container postgres. Default: none. */
  readonly resources?: Resources;
  /** Topology keys over which the servers are spread. Default: []. */
  readonly topologyKeys?: readonly string[];
  /** True if the WAL has a volume of its own. Default: false. */
  readonly walVolume?: boolean;
}

/** Cluster in the pod's namespace, and the expected state of its servers. */
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

/** Fields of a server's pod specification that are used here. */
export interface ServerSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
}

/** Fields of a server's pod that are used here. */
export interface ServerPod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: ServerSpec;
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Fields of a Cluster that are used here. */
export interface ServersCluster {
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly currentPrimary?: string;
    readonly targetPrimary?: string;
  };
}

/** Phase of a Cluster for which the operator has nothing to do. */
const healthy = "Cluster in healthy state";

/** Reason for which a rollout of servers is not finished. */
export interface Waiting {
  readonly reason: string;
  /** True if a server still has the old specification. Otherwise the reason may have nothing to do with the rollout. */
  readonly outdated: boolean;
}

/**
 * Explains what the rollout waits for. Undefined once it is finished. The Cluster's status is not enough, for it is
 * healthy until the operator begins with the first server.
 */
export function serversWaitFor(
  { status = {} }: ServersCluster,
  pods: readonly ServerPod[],
  { instances, server }: ServersRollout,
): Waiting | undefined {
  const says = [status.phase, status.phaseReason].filter(Boolean).join(": ") || "nothing";
  const waiting = (what: string, outdated = false) => ({ reason: `${what} (the operator reports: ${says})`, outdated });
  const old = pods.flatMap((pod) => {
    const found = differences(pod, server);
    return found.length > 0 ? [`${pod.metadata.name} with ${found.join(" and ")}`] : [];
  });
  if (old.length > 0) return waiting(`outdated: ${old.join(", ")}`, true);
  const ready = pods.filter(isReady).length;
  if (ready < instances || pods.length > instances)
    return waiting(`${ready} of ${instances} servers are ready, ${pods.length} are there`);
  if (status.currentPrimary !== status.targetPrimary || status.phase !== healthy)
    return waiting("the operator is still working");
  return undefined;
}

/**
 * Returns the specification that the operator created the pod from. The pod's own may differ: admission webhooks add
 * resources or rewrite images.
 */
function intended({ metadata, spec }: ServerPod): ServerSpec {
  const annotation = metadata.annotations?.["cnpg.io/podSpec"];
  return annotation === undefined ? spec : (JSON.parse(annotation) as ServerSpec);
}

/** Lists the differences between a server's pod and its description. */
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

/** Converts a quantity to a number, for Kubernetes writes 1000m as 1, and 1024Mi as 1Gi. */
function base(quantity: string | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  const [, count, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(count) * (units[unit] ?? 1);
}

const isReady = ({ metadata, status }: ServerPod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
