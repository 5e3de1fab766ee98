/** Objects that differ from what the last `up` left, by a refresh and by who owns their fields. */
import { choicesOf, type Autoscaler } from "../components/kubernetes/autoscaled";
import { isVolumeSize } from "../components/kubernetes/enlarged-volumes";
import { foreignFields, isByHand, type ForeignField } from "../components/kubernetes/foreign-fields";
import type { FieldOwner } from "../components/kubernetes/field-owners";
import { inAcceptedUnit, isMore } from "../components/kubernetes/quantity";
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
  const isChoice = choicesOf(resources.flatMap(autoscalerIn));
  return resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .flatMap((change) => {
      if (change.operation === "delete") return [deleted(change)];
      const all = foreignOf(change);
      const of = { kind: kindOf(change.type), name: change.name, ...metadataOf(change) };
      const chosen = all.filter(({ path }) => isChoice({ ...of, path }));
      const isStopped = chosen.length > 0 && valueAt(change.after?.outputs, "spec.replicas") === 0;
      const foreign = isStopped ? all : all.filter((field) => !chosen.includes(field));
      const fields = driftedFields(change, foreign);
      if (fields.length === 0) return [];
      return [changed(change, fields, foreign, isStopped ? restart(of) : remedy(change, fields, foreign))];
    });
}

const autoscalerIn = ({ type, after }: Change): Autoscaler[] =>
  kindOf(type) === "HorizontalPodAutoscaler" && after ? [after.outputs as unknown as Autoscaler] : [];

/** An autoscaler does nothing about pods that somebody has stopped. */
const restart = ({ kind, name, namespace }: Metadata & { readonly kind: string }) =>
  `up leaves the number of pods to the autoscaler, which does nothing at 0: kubectl scale ${kind.toLowerCase()} -n ${namespace} ${name} --replicas=1`;

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
function driftedFields(change: Change, foreign: readonly ForeignField[]): DriftedField[] {
  const { before, after, fields, type } = change;
  const values = (path: string, keyed: string) =>
    kindOf(type) === "Secret" ? {} : shown(keyed, valueAt(before?.outputs, path), valueAt(after?.outputs, path));
  const found = new Map(
    fields.map(({ path }): [string, DriftedField] => {
      const keyed = keyedPath(path, before?.outputs, after?.outputs);
      return [keyed, { path: keyed, ...values(path, keyed) }];
    }),
  );
  for (const { path } of foreign) if (!found.has(path)) found.set(path, { path, ...values(path, path) });
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

function changed(
  change: Change,
  fields: readonly DriftedField[],
  foreign: readonly ForeignField[],
  up: string,
): Finding {
  return { what: "changed", ...described(change), fields, by: authorsOf(foreign), up };
}

/** Authors, each with the time of its last change. */
export function authorsOf(writers: readonly Author[]): Author[] {
  const byTime = [...writers].sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? -1 : 1));
  const authors = new Map(byTime.map(({ manager, time }) => [manager, { manager, ...(time && { time }) }]));
  return [...authors.values()];
}

function remedy(change: Change, fields: readonly DriftedField[], foreign: readonly ForeignField[]): string {
  const kind = kindOf(change.type);
  const size =
    isOfKubernetes(change) && fields.find(({ path, from, to }) => isVolumeSize(kind, path) && isMore(to, from));
  if (size) return ofEnlarged(change, size);
  const isLooked = isOfKubernetes(change) && isTakenBack(versionOf(change), kind);
  if (isLooked && foreign.some(isByHand)) return "up takes it back";
  if (change.operation === "update") return "up alone does not see it; up --refresh takes it back";
  if (foreign.some(isByHand)) {
    const { name } = described(change);
    return `up leaves what was added to a ${kind}: ${edit(kind, name)}`;
  }
  const others = [...new Set(foreign.map(({ manager }) => manager))].join(", ");
  return `up leaves it, for it belongs to ${others}: take it back there`;
}

/** A volume cannot shrink: an `up` keeps the size of a claim, and refuses to begin with a smaller database. */
function ofEnlarged({ system, type }: Change, { path, to = "" }: DriftedField): string {
  const size = inAcceptedUnit(to);
  if (kindOf(type) !== "Cluster")
    return `up keeps the size, for a volume cannot shrink: set ${size} in the configuration`;
  const key = `${system}:postgres.${path.split(".")[1]}`;
  return `up changes nothing before the size is configured, for a volume cannot shrink: set ${key} to ${size}`;
}

/** Command that opens an object in an editor. Its name is NAMESPACE/NAME, or without a namespace. */
export function edit(kind: string, fullName: string): string {
  const [name, namespace] = fullName.split("/").reverse();
  return ["kubectl edit", kind.toLowerCase(), ...(namespace === undefined ? [] : ["-n", namespace]), name].join(" ");
}
