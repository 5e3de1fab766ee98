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

/** Managers that are the cluster itself: Kubernetes' own, the stack's operators, scheduled restarts, searches for drift. */
const controllers =
  /^(kube-(controller-manager|scheduler|apiserver)|kubelet|manager|PrometheusOperator|runsheet-(restart|drift))$/;

/** Tells whether somebody who writes manifests owns the fields, and not the cluster itself. */
export const isAuthor = ({ manager, subresource }: FieldOwner): boolean =>
  subresource !== "status" && !controllers.test(manager);

/** Tells whether the stack's provider owns the fields: it has another name for each object. */
export const isProvider = ({ manager }: FieldOwner): boolean => manager.startsWith("pulumi-kubernetes");

/**
 * Gives the fields of all who write manifests to one owner that declares them (`Apply`). What this owner then leaves out
 * of its declaration is removed.
 * @param kept path of a field that stays without an owner, and so keeps its value. Default: none
 */
export function givenTo(
  manager: string,
  owners: readonly FieldOwner[],
  apiVersion: string,
  kept?: readonly string[],
): FieldOwner[] {
  const all = fieldsOf(owners.filter(isAuthor));
  const fieldsV1 = kept ? without(all, kept) : all;
  return [
    ...owners.filter((owner) => !isAuthor(owner)),
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

function without(fields: Fields, [first, ...rest]: readonly string[]): Fields {
  const step = `f:${first}`;
  const below = fields[step];
  if (!below) return fields;
  const { [step]: _, ...others } = fields;
  return rest.length === 0 ? others : { ...others, [step]: without(below, rest) };
}
