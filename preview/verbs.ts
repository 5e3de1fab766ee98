/** Words for what happens to a resource. */
import type { Change } from "../engine/change";
import { fieldLabels, job } from "./fields";
import type { ToldChange, Verb } from "./told";

/** Verb for a change. Undefined for what is no change, and for a component, whose resources are told instead. */
export function verbOf({ custom, operation, type }: Change): Verb | undefined {
  if (!custom || operation === "same" || operation === "read") return undefined;
  if (type === job && operation === "create") return "run";
  // The engine replaces it whenever it has to run. One that is updated in place, such as its deadline, does not run.
  if (type === job && operation === "replace") return "run again";
  if (isIdentifier(type) && (operation === "replace" || operation === "update")) return "renew";
  const verbs = { create: "add", update: "change", replace: "replace", delete: "delete" } as const;
  return operation === "release" || operation === "import" ? operation : verbs[operation];
}

/** Random identifiers: triggers of tasks, and ends of names. */
const isIdentifier = (type: string) => type === "random:index/randomId:RandomId";

/** Tells a change. Undefined for what is none. */
export function toldChange(change: Change): ToldChange | undefined {
  const verb = verbOf(change);
  if (verb === undefined) return undefined;
  const { name, urn, type } = change;
  // An identifier has no field that says more than the reason of its step.
  return { verb, kind: kindOf(type), name, urn, fields: verb === "renew" ? [] : fieldLabels(change) };
}

/** Kind of a type such as `kubernetes:apps/v1:Deployment`, without its group. */
const kindOf = (type: string): string => (type.startsWith("pulumi:providers:") ? "Provider" : type.split(":").at(-1)!);
