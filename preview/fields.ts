/** Names of changed fields, as people know them. Values are never shown but for images. */
import type { Change, Field, State } from "../engine/change";
import { jsonPaths } from "./json-paths";
import { isSameQuantity } from "./quantity";

/** Type of the tasks of a runbook. */
export const job = "kubernetes:batch/v1:Job";

/** Lists the changed fields of a resource, each once. */
export function fieldLabels(change: Change): string[] {
  const { before, after } = change;
  return [...new Set(changedFields(change).flatMap(({ path }) => labelsOf(path, before, after)))];
}

/**
 * Lists the fields that differ. Those of a Job are the ones for which it runs again: its name is a hash of them, and the
 * provider also names fields of which the cluster's form differs, such as 2048Mi from 2Gi.
 */
export function changedFields({ type, fields, before, after }: Change): Field[] {
  if (type !== job) return [...fields];
  // One that is written the same is a difference of the cluster's.
  const isForm = (path: string) => {
    const [one, other] = [before, after].map((state) => at(state?.inputs, path));
    return one !== other && isSameQuantity(one, other);
  };
  return fields.filter(({ path }) => path !== "metadata.name" && !isForm(path));
}

/** Names of a field: of a text in JSON, such as the rollout of features, the parts that differ. */
function labelsOf(path: string, before: State | undefined, after: State | undefined): string[] {
  const label = labelOf(path, before, after);
  const [one, other] = [before, after].map((state) => at(state?.inputs, path));
  return jsonPaths(one, other)?.map((part) => `${label} ${part}`) ?? [label];
}

/**
 * Returns the name of a field: `variable X` of a container; the key of a ConfigMap or a Secret; for the rest the path,
 * without the way to the pod.
 */
function labelOf(path: string, before: State | undefined, after: State | undefined): string {
  const named = (list: string) =>
    [after, before].map((state) => at(state?.inputs, `${list}.name`)).find((name) => typeof name === "string");
  const variable = /^.*\.env\[\d+\]/.exec(path)?.[0];
  if (variable && named(variable)) return `variable ${named(variable)}`;
  const key = /^(?:data|stringData|binaryData)(?:\["(.*)"\]|\.([^.[\]]+))$/.exec(path);
  if (key) return (key[1] ?? key[2])!;
  const label = /\.(label|annotation)s(?:\["(.*)"\]|\.([^.[\]]+))$/.exec(path);
  if (label) return `${label[1]} ${label[2] ?? label[3]}`;
  const [, container, rest] = /^(.*[cC]ontainers\[\d+\])\.(.*)$/.exec(path) ?? [];
  if (container !== undefined && rest !== undefined) {
    const name = named(container);
    const field = rest.replace(/^envFrom\[\d+\].*/, "Secret of its variables").replace(/^(command|args)\[\d+\]$/, "$1");
    return name === undefined || name === "main" ? field : `${name}: ${field}`;
  }
  return path.replace(/^spec\.(jobTemplate\.spec\.)?template\.spec\./, "");
}

/** Value of a state at a path such as `spec.containers[0].image` or `data["a.b"]`. Undefined if there is none. */
export function at(value: unknown, path: string): unknown {
  const parts = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  return parts.reduce<unknown>((found, [, quoted, index, name]) => {
    if (typeof found !== "object" || found === null) return undefined;
    return (found as Record<string, unknown>)[quoted ?? index ?? name!];
  }, value);
}

/** Images that a change gives in the place of others, as `FROM -> TO`. */
export function imageChanges({ fields, before, after }: Change): string[] {
  return fields
    .filter(({ path }) => path.endsWith(".image") || path.endsWith("imageName"))
    .flatMap(({ path }) => {
      const [from, to] = [before, after].map((state) => at(state?.inputs, path));
      return typeof from === "string" && typeof to === "string" && from !== to ? [`${from} -> ${to}`] : [];
    });
}
