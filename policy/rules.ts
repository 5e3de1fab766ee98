/** What a stack of real data may not do, whatever its configuration says. */
import { barmanPlugin, hibernation } from "../components/postgres/names";

/** A resource, as the engine shows it to a policy. */
export interface Planned {
  readonly name: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean };
}

export interface Rule {
  readonly name: string;
  readonly description: string;
  /** `mandatory`: a preview fails, and with it the `up` that begins with one. `advisory`: it is said. */
  readonly level: "mandatory" | "advisory";
  /** What is wrong with a resource, and the way out; undefined if nothing is. */
  readonly violation: (resource: Planned) => string | undefined;
}

interface Cluster {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly instances?: number;
    readonly plugins?: readonly { readonly name: string; readonly isWALArchiver?: boolean }[];
    readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
  };
}

const clusterType = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const holdsData = "holds data";
const takesObjects = "takes every object of its kinds with it, of other stacks too";
/** What cannot be made again from the configuration, or takes such a thing with it. */
const holdingData: Readonly<Record<string, string>> = {
  [clusterType]: holdsData,
  "kubernetes:core/v1:PersistentVolumeClaim": holdsData,
  "kubernetes:apps/v1:StatefulSet": holdsData,
  "postgresql:index/database:Database": holdsData,
  "kubernetes:core/v1:Namespace": "takes all that is in it with it",
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": takesObjects,
  // The one that a stack has is the operators' kinds.
  "kubernetes:helm.sh/v3:Release": takesObjects,
};

/** The database's Cluster, if the resource is one that is at work: what a restore gave up is stopped, and goes. */
function liveCluster({ type, props }: Planned): Cluster | undefined {
  if (type !== clusterType) return undefined;
  const cluster = props as unknown as Cluster;
  return cluster.metadata.annotations?.[hibernation] === "on" ? undefined : cluster;
}

/** "RPO: 15 minutes" of OmniOps' guide ("Disaster Recovery Procedures"), in seconds. */
const rpo = 15 * 60;

export const rules: readonly Rule[] = [
  {
    name: "data-protected",
    description: "What holds data, or takes it with it, can be deleted only after pulumi state unprotect.",
    level: "mandatory",
    violation(resource) {
      const why = holdingData[resource.type];
      if (why === undefined || resource.opts.protect) return undefined;
      if (resource.type === clusterType && !liveCluster(resource)) return undefined;
      return `${resource.name} ${why}, and nothing keeps a mistake in the configuration from deleting it. Set runsheet:protect to true, or leave it out`;
    },
  },
  {
    name: "databases-archived",
    description: "Every database that the stack runs is archived, at most 15 minutes behind.",
    level: "mandatory",
    violation(resource) {
      const cluster = liveCluster(resource);
      if (!cluster) return undefined;
      if (!cluster.spec.plugins?.some(({ name, isWALArchiver }) => name === barmanPlugin && isWALArchiver))
        return `${resource.name} is archived nowhere: what is lost with its volume is lost for good. Set runsheet:backups`;
      const timeout = cluster.spec.postgresql?.parameters?.archive_timeout;
      if (timeout !== undefined && secondsOf(timeout) <= rpo) return undefined;
      return `${resource.name} may be further behind its archive than 15 minutes: archive_timeout is ${timeout ?? "not set"}. Take it out of the system's postgres.parameters`;
    },
  },
  {
    name: "backups-kept",
    description: "A bucket is protected, and what lies in it can be locked.",
    level: "mandatory",
    violation({ name, type, props, opts }) {
      if (type !== "aws:s3/bucket:Bucket" || (opts.protect && props.objectLockEnabled === true && !props.forceDestroy))
        return undefined;
      return `the bucket ${name} could be deleted with the backups in it: it has to be protected, with objectLockEnabled and without forceDestroy`;
    },
  },
  {
    name: "databases-replicated",
    description: "A database goes on when one of its servers is lost.",
    level: "advisory",
    violation(resource) {
      const cluster = liveCluster(resource);
      if (!cluster || (cluster.spec.instances ?? 1) > 1) return undefined;
      return `${resource.name} has one server: when its node is lost, it has to be restored. Set the system's postgres.instances to 2 or more`;
    },
  },
];

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

/** PostgreSQL's duration, in seconds: 0 switches archive_timeout off. Infinity for what is none. */
function secondsOf(text: string): number {
  const [, count, unit = "s"] = /^\s*(\d+)\s*(ms|s|min|h|d)?\s*$/.exec(text) ?? [];
  return Number(count) * units[unit]! || Infinity;
}
