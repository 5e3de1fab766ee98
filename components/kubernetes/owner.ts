/** Ownership labels, by which stacks that share a cluster leave each other's data alone. */
import type * as pulumi from "@pulumi/pulumi";

/** Pulumi stack that owns objects in a cluster. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
}

const keys = { project: "runsheet/project", stack: "runsheet/stack" } as const;

/** Types of objects that hold data, and of namespaces, which contain them. */
const holdsData = /:(Namespace|PersistentVolumeClaim|StatefulSet)$|cnpg\.io\/v1:(Cluster|Database|ObjectStore)$/;

/** Name of the ConfigMap that says which database of a namespace is live. Its owner is that of the system. */
export const liveDatabaseRecord = "live-database";

const ownerLabels = ({ project, stack }: Owner) => ({ [keys.project]: project, [keys.stack]: stack });

/** Reads the owner from labels. Undefined if they name none. */
export function ownerIn(labels: Readonly<Record<string, string>> = {}): Owner | undefined {
  const { [keys.project]: project, [keys.stack]: stack } = labels;
  return project === undefined || stack === undefined ? undefined : { project, stack };
}

/** Tells whether two owners are the same stack. False if there is none. */
export const isSameOwner = (one: Owner | undefined, other: Owner): boolean =>
  one?.project === other.project && one.stack === other.stack;

/**
 * Returns a transformation that labels objects that hold data, and the record of the live database, with their owner.
 * Pods are not labelled, so none restarts.
 */
export const owned =
  (owner: Owner): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return undefined;
    const { metadata } = props as { metadata?: { name?: unknown; labels?: Record<string, unknown> } };
    if (!holdsData.test(type) && !isRecord(type, metadata?.name)) return undefined;
    return {
      props: { ...props, metadata: { ...metadata, labels: { ...metadata?.labels, ...ownerLabels(owner) } } },
      opts,
    };
  };

const isRecord = (type: string, name: unknown) =>
  type === "kubernetes:core/v1:ConfigMap" && name === liveDatabaseRecord;

/** Explains why a name cannot be the value of a label. Undefined if it can. */
export const unfitForLabel = (name: string): string | undefined =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)
    ? undefined
    : "cannot be a label's value: use at most 63 letters, digits, '.', '_' and '-', beginning and ending with a letter or digit";
