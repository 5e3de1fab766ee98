/** Operation on a resource, from the engine's steps on it: a replacement has several. */
import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Field, Operation } from "./change";

type Step = Pick<StepEventMetadata, "op" | "old" | "keys" | "diffs" | "detailedDiff">;

/**
 * Returns the operation that the steps are together. A resource that an earlier run left over from a replacement is a
 * deletion, though one of its name stays.
 */
export function operationOf(steps: readonly Step[]): Operation {
  const ops = new Set<string>(steps.map(({ op }) => op));
  const has = (...names: string[]) => names.some((name) => ops.has(name));
  if (has("replace", "create-replacement", "import-replacement")) return "replace";
  if (has("delete", "delete-replaced", "discard-replaced"))
    return steps.some(({ old }) => old?.retainOnDelete) ? "release" : "delete";
  if (has("create")) return "create";
  if (has("update")) return "update";
  if (has("import")) return "import";
  // A resource that is only read is nobody's change, also when it is no longer read.
  return has("read", "read-replacement", "discard") ? "read" : "same";
}

/** Returns the fields that differ, sorted by their paths. */
export function fieldsOf(steps: readonly Step[]): Field[] {
  const found = new Map<string, boolean>();
  for (const { keys, diffs, detailedDiff } of steps) {
    for (const path of diffs ?? []) if (!hasDetail(path, detailedDiff)) add(path, keys?.includes(path) ?? false);
    for (const [path, { diffKind }] of Object.entries(detailedDiff ?? {})) add(path, diffKind.endsWith("-replace"));
  }
  return [...found].map(([path, replaces]) => ({ path, replaces })).sort((a, b) => (a.path < b.path ? -1 : 1));

  function add(path: string, replaces: boolean): void {
    found.set(path, replaces || (found.get(path) ?? false));
  }
}

/** True if the detailed differences say more of the field than its name. */
const hasDetail = (field: string, detailed: Step["detailedDiff"]) =>
  Object.keys(detailed ?? {}).some(
    (path) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
  );
