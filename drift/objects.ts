/** Objects that differ from what the last `up` left, by a refresh and by who owns their fields. */
import { foreignFields, isByHand, type ForeignField } from "../components/kubernetes/foreign-fields";
import type { FieldOwner } from "../components/kubernetes/field-owners";
import { isTakenBack } from "../components/kubernetes/take-back";
import type { Change } from "../engine/change";
import type { Author, DriftedField, Finding } from "./finding";
import { keyedPath, shown, valueAt } from "./values";

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly managedFields?: readonly FieldOwner[];
}

/** Lists what has changed or is gone, in the engine's order. */
export function driftedObjects(resources: readonly Change[]): Finding[] {
  return resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .flatMap((change) => {
      if (change.operation === "delete") return [deleted(change)];
      const fields = driftedFields(change);
      return fields.length > 0 ? [changed(change, fields)] : [];
    });
}

const kindOf = (type: string) => type.split(":").at(-1)!;
const isOfKubernetes = ({ type }: Change) => type.startsWith("kubernetes:");
const versionOf = ({ type }: Change) => type.split(":")[1]!.replace(/^core\//, "");

const metadataOf = ({ before, after }: Change): Metadata =>
  ((after ?? before)?.outputs.metadata as Metadata | undefined) ?? {};

function described(change: Change): Pick<Finding, "system" | "step" | "kind" | "name"> {
  const { system, step, type, name } = change;
  const { namespace, name: object } = metadataOf(change);
  return {
    ...(system !== undefined && { system }),
    ...(step !== undefined && { step }),
    ...{ kind: kindOf(type), name: [namespace, object ?? name].filter(Boolean).join("/") },
  };
}

function deleted(change: Change): Finding {
  const kind = kindOf(change.type);
  const again = `${kind === "Job" ? "runs" : "makes"} it again${withData.includes(kind) ? ", empty" : ""}`;
  return {
    what: "deleted",
    ...described(change),
    fields: [],
    by: [],
    up: `up alone does not see it; up --refresh ${again}`,
  };
}

/** Kinds that are made again without what was in them. */
const withData = ["PersistentVolumeClaim", "Cluster"];

/** Fields that a refresh has found, and those that another tool has added. */
function driftedFields(change: Change): DriftedField[] {
  const { before, after, fields, type } = change;
  const values = (path: string, keyed: string) =>
    kindOf(type) === "Secret" ? {} : shown(keyed, valueAt(before?.outputs, path), valueAt(after?.outputs, path));
  const found = new Map(
    fields.map(({ path }): [string, DriftedField] => {
      const keyed = keyedPath(path, before?.outputs, after?.outputs);
      return [keyed, { path: keyed, ...values(path, keyed) }];
    }),
  );
  for (const { path } of foreignOf(change)) if (!found.has(path)) found.set(path, { path, ...values(path, path) });
  const all = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return all.filter(({ path }) => !all.some((other) => isBelow(path, other.path)));
}

/** Tells whether a field is a part of another one, which says it already. */
const isBelow = (path: string, other: string) => path.startsWith(`${other}.`) || path.startsWith(`${other}[`);

/**
 * Fields of other tools. Labels, annotations and finalizers that no person has set are left out: controllers, such as a
 * cloud's load balancers, mark their objects with them.
 */
const foreignOf = (change: Change): ForeignField[] =>
  isOfKubernetes(change)
    ? foreignFields(metadataOf(change).managedFields ?? []).filter(
        (field) => isByHand(field) || !field.path.startsWith("metadata."),
      )
    : [];

function changed(change: Change, fields: readonly DriftedField[]): Finding {
  const foreign = foreignOf(change);
  return { what: "changed", ...described(change), fields, by: authorsOf(foreign), up: remedy(change, foreign) };
}

/** Authors, each with the time of its last change. */
export function authorsOf(writers: readonly Author[]): Author[] {
  const byTime = [...writers].sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? -1 : 1));
  const authors = new Map(byTime.map(({ manager, time }) => [manager, { manager, ...(time && { time }) }]));
  return [...authors.values()];
}

function remedy(change: Change, foreign: readonly ForeignField[]): string {
  const isLooked = isOfKubernetes(change) && isTakenBack(versionOf(change), kindOf(change.type));
  if (isLooked && foreign.some(isByHand)) return "up takes it back";
  if (change.operation === "update") return "up alone does not see it; up --refresh takes it back";
  if (foreign.some(isByHand)) {
    const { kind, name } = described(change);
    return `up leaves what was added to a ${kind}: ${edit(kind, name)}`;
  }
  const others = [...new Set(foreign.map(({ manager }) => manager))].join(", ");
  return `up leaves it, for it belongs to ${others}: take it back there`;
}

/** Command that opens an object in an editor. Its name is NAMESPACE/NAME, or without a namespace. */
export function edit(kind: string, fullName: string): string {
  const [name, namespace] = fullName.split("/").reverse();
  return ["kubectl edit", kind.toLowerCase(), ...(namespace === undefined ? [] : ["-n", namespace]), name].join(" ");
}
