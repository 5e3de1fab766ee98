/** Owners of an object's fields, as server-side apply records them. */

/** Fields as a trie: "f:spec" and the like lead to more of it. */
export interface Fields {
  readonly [step: string]: Fields;
}

/** Entry of an object's `metadata.managedFields`. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1?: Fields;
  readonly subresource?: string;
  readonly time?: string;
}

/** Path of the number of pods, which an object with an autoscaler does not declare. */
export const replicas = ["spec", "replicas"] as const;

/**
 * Managers that are the cluster itself: Kubernetes' own, the stack's operators, scheduled restarts, restores that stop and
 * start what writes, searches for drift.
 */
const controllers =
  /^(kube-(controller-manager|scheduler|apiserver)|kubelet|manager|PrometheusOperator|runsheet-(restart|restore|drift))$/;

/** Tells whether somebody who writes manifests owns the fields, and not the cluster itself. */
export const isAuthor = ({ manager, subresource }: FieldOwner): boolean =>
  subresource !== "status" && !controllers.test(manager);

/** Tells whether the stack's provider owns the fields: it has another name for each object. */
export const isProvider = ({ manager }: FieldOwner): boolean => manager.startsWith("pulumi-kubernetes");

export interface Giving {
  /** Tells whose fields are given. Default: those of all who write manifests. */
  readonly from?: (owner: FieldOwner) => boolean;
  /** Paths of fields that stay without an owner, and so keep their values. Default: none. */
  readonly kept?: readonly (readonly string[])[];
}

/**
 * Gives fields to one owner that declares them (`Apply`). What this owner then leaves out of its declaration is removed.
 */
export function givenTo(
  manager: string,
  owners: readonly FieldOwner[],
  apiVersion: string,
  { from = isAuthor, kept = [] }: Giving = {},
): FieldOwner[] {
  const fieldsV1 = kept.reduce(without, fieldsOf(owners.filter(from)));
  return [
    ...owners.filter((owner) => !from(owner)),
    { manager, operation: "Apply", apiVersion, fieldsType: "FieldsV1", fieldsV1 },
  ];
}

/** Returns the fields of all these owners together. */
export const fieldsOf = (owners: readonly FieldOwner[]): Fields =>
  owners.reduce<Fields>((fields, { fieldsV1 = {} }) => union(fields, fieldsV1), {});

function union(one: Fields, other: Fields): Fields {
  const merged = Object.entries(other).map(([step, below]) => [step, union(one[step] ?? {}, below)] as const);
  return { ...one, ...Object.fromEntries(merged) };
}

/** Leaves out a field, and what contains it as a whole: who owns that and leaves it out removes all of it. */
function without(fields: Fields, [first, ...rest]: readonly string[]): Fields {
  const step = `f:${first}`;
  const { [step]: below, ".": _, ...others } = fields;
  if (!below) return fields;
  const left = rest.length === 0 ? {} : without(below, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [step]: left };
}
