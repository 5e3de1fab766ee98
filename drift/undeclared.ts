/** Objects in the stack's namespaces that nobody declared. */
import { isAuthor, isProvider, type FieldOwner } from "../components/kubernetes/field-owners";
import { foreignFields, isByHand } from "../components/kubernetes/foreign-fields";
import type { Read } from "../components/kubernetes/kubeconfig";
import { listPath } from "../components/kubernetes/object-path";
import { lookedAtKinds } from "../components/kubernetes/take-back";
import type { Change } from "../engine/change";
import type { Finding } from "./finding";
import { authorsOf } from "./objects";

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly managedFields?: readonly FieldOwner[];
  };
}

interface List {
  readonly items: readonly Listed[] | null;
}

interface Declared {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/**
 * Lists what nobody declared in the namespaces that the stack makes: objects that a person or a tool has made beside the
 * stack, and people's edits of those that a controller made, such as the volume of a database.
 */
export async function undeclaredObjects(resources: readonly Change[], read: Read): Promise<Finding[]> {
  const declared = new Set(resources.map(({ after, before }) => nameOf((after ?? before)?.outputs as Declared)));
  const lists = [...systemsOf(resources)].flatMap(([namespace, system]) =>
    [...lookedAtKinds, { apiVersion: "v1", kind: "Pod" }].map((kind) => ({ ...kind, namespace, system })),
  );
  const found = await Promise.all(
    lists.map(async ({ apiVersion, kind, namespace, system }) => {
      const list = await read<List>(listPath(apiVersion, kind, namespace), "metadata");
      const others = (list?.items ?? []).filter(
        ({ metadata: { name } }) => !declared.has(nameOf({ kind, metadata: { name, namespace } })),
      );
      return others.flatMap((object) => beside(object, kind, namespace)).map((finding) => ({ ...finding, system }));
    }),
  );
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Finding about an object that is not declared, if there is one. */
function beside({ metadata }: Listed, kind: string, namespace: string): Finding[] {
  const { name, labels = {}, annotations = {}, ownerReferences = [], managedFields = [] } = metadata;
  const isOfHelm = labels.owner === "helm" || "meta.helm.sh/release-name" in annotations;
  if (isOfHelm || managedFields.some(isProvider)) return [];
  const about = { kind, name: `${namespace}/${name}` } as const;
  const writers = managedFields.filter(hasContent);
  if (writers.length > 0 && writers.every(isAuthor)) {
    const remove = `kubectl delete ${kind.toLowerCase()} -n ${namespace} ${name}`;
    const by = managedFields.filter(isAuthor).map(({ manager, time }) => ({ manager, ...(time && { time }) }));
    // What has an owner goes with it, such as a Job that somebody made from a CronJob.
    if (ownerReferences.length > 0) return [];
    return [{ what: "undeclared", ...about, fields: [], by, up: `up leaves it: ${remove}, if nobody needs it` }];
  }
  const edited = foreignFields(managedFields).filter(isByHand);
  if (edited.length === 0) return [];
  const fields = edited.map(({ path }) => ({ path }));
  const up = "up leaves it, for a controller made the object: take it back with kubectl edit";
  return [{ what: "changed", ...about, fields, by: authorsOf(edited), up }];
}

/** Tells whether an entry has more of an object than metadata and status: its manager has made it, or a part of it. */
const hasContent = ({ subresource, fieldsV1 = {} }: FieldOwner) =>
  subresource !== "status" && Object.keys(fieldsV1).some((field) => !["f:metadata", "f:status"].includes(field));

/** Lists people's edits of the kinds that a Helm release holds, which the engine does not look into. */
export async function editedKinds(resources: readonly Change[], read: Read): Promise<Finding[]> {
  const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const names = releases.flatMap(({ before }) => kindsIn(before?.outputs.resourceNames));
  if (names.length === 0) return [];
  const list = await read<List>("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "metadata");
  const there = new Map((list?.items ?? []).map((object) => [object.metadata.name, object]));
  return names.flatMap((name): Finding[] => {
    const about = { kind: "CustomResourceDefinition", name } as const;
    const object = there.get(name);
    const back = "up leaves it, for a Helm release holds it";
    if (!object)
      return [{ what: "deleted", ...about, fields: [], by: [], up: `${back}: apply the operator's manifest` }];
    const fields = foreignFields(object.metadata.managedFields ?? []).filter(isByHand);
    if (fields.length === 0) return [];
    const paths = fields.map(({ path }) => ({ path }));
    return [
      {
        what: "changed",
        ...about,
        fields: paths,
        by: authorsOf(fields),
        up: `${back}: take it back with kubectl edit`,
      },
    ];
  });
}

function kindsIn(resourceNames: unknown): string[] {
  const groups = Object.entries((resourceNames ?? {}) as Record<string, unknown>);
  return groups.flatMap(([group, names]) =>
    group.startsWith("CustomResourceDefinition") && Array.isArray(names) ? (names as string[]) : [],
  );
}

/** Namespaces that the stack makes, each with its system. */
function systemsOf(resources: readonly Change[]): Map<string, string | undefined> {
  const namespaces = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
  return new Map(
    namespaces.map(({ before, name, system }) => [(before?.outputs as Declared).metadata?.name ?? name, system]),
  );
}

const nameOf = ({ kind = "", metadata: { namespace = "", name = "" } = {} }: Declared = {}) =>
  [kind, namespace, name].join("/");
