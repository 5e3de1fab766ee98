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
  const again = kindOf(change.type) === "Job" ? "runs it again" : "makes it again";
  return { what: "deleted", ...described(change), fields: [], by: [], up: `up --refresh ${again}` };
}

/** Fields that a refresh has found, and those that another tool has added. */
function driftedFields(change: Change): DriftedField[] {
  const { before, after, fields, type } = change;
  const isSecret = kindOf(type) === "Secret";
  const value = (state: Change["before"], path: string) =>
    isSecret ? undefined : shown(path, valueAt(state?.outputs, path));
  const found = new Map(
    fields.map(({ path }): [string, DriftedField] => {
      const keyed = keyedPath(path, after?.outputs);
      return [keyed, fieldOf(keyed, value(before, path), value(after, path))];
    }),
  );
  for (const { path } of foreignOf(change))
    if (!found.has(path)) found.set(path, fieldOf(path, value(before, path), value(after, path)));
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const fieldOf = (path: string, from: string | undefined, to: string | undefined): DriftedField => ({
  path,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

const foreignOf = (change: Change): ForeignField[] =>
  isOfKubernetes(change) ? foreignFields(metadataOf(change).managedFields ?? []) : [];

function changed(change: Change, fields: readonly DriftedField[]): Finding {
  const foreign = foreignOf(change);
  return { what: "changed", ...described(change), fields, by: authorsOf(foreign), up: remedy(change, foreign) };
}

/** Authors, each with the time of its last change. */
export function authorsOf(fields: readonly ForeignField[]): Author[] {
  const authors = new Map(fields.map(({ manager, time }) => [manager, { manager, ...(time && { time }) }]));
  return [...authors.values()];
}

function remedy(change: Change, foreign: readonly ForeignField[]): string {
  const isLooked = isOfKubernetes(change) && isTakenBack(versionOf(change), kindOf(change.type));
  if (isLooked && foreign.some(isByHand)) return "up takes it back";
  if (change.operation === "update") return "up --refresh takes it back";
  const others = [...new Set(foreign.map(({ manager }) => manager))].join(", ");
  return `up leaves it, for it belongs to ${others}: take it back there`;
}
