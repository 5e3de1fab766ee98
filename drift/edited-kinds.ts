/** Kinds that a Helm release holds, such as the operators': the engine does not look into a release. */
import { foreignFields, isByHand } from "../components/kubernetes/foreign-fields";
import type { Read } from "../components/kubernetes/kubeconfig";
import type { Change } from "../engine/change";
import type { Finding, Found } from "./finding";
import { authorsOf, edit } from "./objects";
import type { List, Listed } from "./undeclared";

const kind = "CustomResourceDefinition";

/**
 * Lists those that are gone, and people's edits of the others.
 * @throws Error if the API server refuses it
 */
export async function editedKinds(resources: readonly Change[], read: Read): Promise<Found> {
  const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const names = releases.flatMap(({ before }) => kindsIn(before?.outputs.resourceNames));
  if (names.length === 0) return { findings: [], errors: [] };
  const list = await read<List>("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "metadata");
  const there = new Map((list?.items ?? []).map((object) => [object.metadata.name, object]));
  return { findings: names.flatMap((name) => about(name, there.get(name))), errors: [] };
}

const left = "up leaves it, for a Helm release holds it";

function about(name: string, object: Listed | undefined): Finding[] {
  if (!object) {
    const up = `${left}: apply the operator's manifest, and restore what was of this kind`;
    return [{ what: "deleted", kind, name, fields: [], by: [], up }];
  }
  const edited = foreignFields(object.metadata.managedFields ?? []).filter(isByHand);
  if (edited.length === 0) return [];
  const fields = edited.map(({ path }) => ({ path }));
  return [{ what: "changed", kind, name, fields, by: authorsOf(edited), up: `${left}: ${edit(kind, name)}` }];
}

function kindsIn(resourceNames: unknown): string[] {
  const groups = Object.entries((resourceNames ?? {}) as Record<string, unknown>);
  return groups.flatMap(([group, names]) =>
    group.startsWith(kind) && Array.isArray(names) ? (names as string[]) : [],
  );
}
