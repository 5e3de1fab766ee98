/** Rules for stacks with real data, whatever their configuration. */
import { barmanPlugin, hibernation } from "../components/postgres/names";
import { sentInPlainText, sentToAnybody } from "./plain-text";
import type { Planned } from "./planned";

export interface Rule {
  readonly name: string;
  readonly description: string;
  /**
   * Level of the rule. `mandatory`: a violation fails the preview, and an `up` that begins with one. `advisory`: it
   * warns.
   */
  readonly level: "mandatory" | "advisory";
  /** Describes a violation and its remedy. Undefined if there is none. */
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
/**
 * Types that cannot be recreated from the configuration, or whose deletion deletes such resources; each with what that
 * means.
 */
export const holdingData: Readonly<Record<string, string>> = {
  [clusterType]: holdsData,
  "kubernetes:core/v1:PersistentVolumeClaim": holdsData,
  "kubernetes:apps/v1:StatefulSet": holdsData,
  "postgresql:index/database:Database": holdsData,
  "kubernetes:core/v1:Namespace": "takes all that is in it with it",
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": takesObjects,
  // The stack's only release has the operators' CustomResourceDefinitions.
  "kubernetes:helm.sh/v3:Release": takesObjects,
};

/** Returns the database's Cluster, unless it is stopped, as after a restore has replaced it. */
function liveCluster({ type, props }: Planned): Cluster | undefined {
  if (type !== clusterType) return undefined;
  const cluster = props as unknown as Cluster;
  return cluster.metadata.annotations?.[hibernation] === "on" ? undefined : cluster;
}

/** Recovery point objective in seconds: "RPO: 15 minutes" of OmniOps' guide ("Disaster Recovery Procedures"). */
const rpo = 15 * 60;

export const rules: readonly Rule[] = [
  {
    name: "data-protected",
    description: "Resources that hold data, or delete it with them, can be deleted only after pulumi state unprotect.",
    level: "mandatory",
    violation(resource) {
      const why = holdingData[resource.type];
      if (why === undefined || resource.opts.protect) return undefined;
      if (resource.type === clusterType && !liveCluster(resource)) return undefined;
      return `${resource.name} ${why}, and a mistake in the configuration could delete it. Set runsheet:protect to true, or remove it`;
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
        return `${resource.name} is not archived: data that is lost with its volume cannot be restored. Set runsheet:backups`;
      const timeout = cluster.spec.postgresql?.parameters?.archive_timeout;
      if (timeout !== undefined && secondsOf(timeout) <= rpo) return undefined;
      return `${resource.name} may be further behind its archive than 15 minutes: archive_timeout is ${timeout ?? "not set"}. Remove it from the system's postgres.parameters`;
    },
  },
  {
    name: "backups-kept",
    description: "A bucket is protected, and its objects can be locked.",
    level: "mandatory",
    violation({ name, type, props, opts }) {
      if (type !== "aws:s3/bucket:Bucket" || (opts.protect && props.objectLockEnabled === true && !props.forceDestroy))
        return undefined;
      return `the bucket ${name} could be deleted with the backups in it: set protect and objectLockEnabled, and remove forceDestroy`;
    },
  },
  {
    name: "encrypted-in-transit",
    description: "Backups, notifications and the data of a PostgreSQL or a Redis elsewhere are sent encrypted.",
    level: "mandatory",
    violation: sentInPlainText,
  },
  {
    name: "servers-verified",
    description: "A PostgreSQL elsewhere is verified by its certificate.",
    level: "advisory",
    violation: sentToAnybody,
  },
  {
    name: "databases-replicated",
    description: "A database survives the loss of a server.",
    level: "advisory",
    violation(resource) {
      const cluster = liveCluster(resource);
      if (!cluster || (cluster.spec.instances ?? 1) > 1) return undefined;
      return `${resource.name} has one server: when its node is lost, it has to be restored. Set the system's postgres.instances to 2 or more`;
    },
  },
];

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

/**
 * Parses a duration of PostgreSQL, in seconds. Infinity for 0, which disables archive_timeout, and for invalid ones.
 */
function secondsOf(text: string): number {
  const [, count, unit = "s"] = /^\s*(\d+)\s*(ms|s|min|h|d)?\s*$/.exec(text) ?? [];
  return Number(count) * units[unit]! || Infinity;
}
