/** Whose something in a cluster is: the labels by which stacks that share one leave each other's data alone. */
import type * as pulumi from "@pulumi/pulumi";

/** A Pulumi stack, as what it owns in a cluster names it. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
}

const keys = { project: "runsheet/project", stack: "runsheet/stack" } as const;

/** What holds data, and what data is in. */
const holdsData = /:(Namespace|PersistentVolumeClaim|StatefulSet)$|cnpg\.io\/v1:(Cluster|Database|ObjectStore)$/;

const ownerLabels = ({ project, stack }: Owner) => ({ [keys.project]: project, [keys.stack]: stack });

/** Who owns what has these labels; undefined if they do not say. */
export function ownerIn(labels: Readonly<Record<string, string>> = {}): Owner | undefined {
  const { [keys.project]: project, [keys.stack]: stack } = labels;
  return project === undefined || stack === undefined ? undefined : { project, stack };
}

/** Puts the owner's labels on what holds data, as a transformation: on the object itself, so that nothing starts again. */
export const owned =
  (owner: Owner): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:") || !holdsData.test(type)) return undefined;
    const { metadata } = props as { metadata?: { labels?: Record<string, unknown> } };
    return {
      props: { ...props, metadata: { ...metadata, labels: { ...metadata?.labels, ...ownerLabels(owner) } } },
      opts,
    };
  };

/** What is wrong with a name that is to be a label; undefined if it can be one. */
export const unfitForLabel = (name: string): string | undefined =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)
    ? undefined
    : "is to be a label of what it owns: at most 63 letters, digits, '.', '_' and '-', beginning and ending with a letter or digit";
