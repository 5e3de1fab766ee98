/** Objects in the stack's namespaces that nobody declared. */
import { recordName } from "../components/backups/restore-record";
import { isVolumeSize } from "../components/kubernetes/enlarged-volumes";
import { isAuthor, isProvider, type FieldOwner } from "../components/kubernetes/field-owners";
import { foreignFields, isByHand } from "../components/kubernetes/foreign-fields";
import type { Read } from "../components/kubernetes/kubeconfig";
import { listPath } from "../components/kubernetes/object-path";
import { lookedAtKinds } from "../components/kubernetes/take-back";
import type { Change } from "../engine/change";
import { isEverywhere } from "../stack/cluster";
import type { Finding, Found } from "./finding";
import { authorsOf, edit } from "./objects";

export interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly managedFields?: readonly FieldOwner[];
  };
}

export interface List {
  readonly items: readonly Listed[] | null;
}

interface Declared {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/**
 * Lists what nobody declared in the namespaces that the stack makes: objects that a person or a tool has made beside the
 * stack, and people's edits of those that a controller made, such as the volume of a database. Kinds that may not be
 * listed are errors.
 */
export async function undeclaredObjects(resources: readonly Change[], read: Read): Promise<Found> {
  const declared = new Set(resources.map(({ after, before }) => nameOf((after ?? before)?.outputs as Declared)));
  const lists = [...systemsOf(resources)].flatMap(([namespace, system]) =>
    [...lookedAtKinds, { apiVersion: "v1", kind: "Pod" }].map((kind) => ({ ...kind, namespace, system })),
  );
  const looked = await Promise.allSettled(
    lists.map(async ({ apiVersion, kind, namespace, system }) => {
      const list = await read<List>(listPath(apiVersion, kind, namespace), "metadata");
      const others = (list?.items ?? []).filter(
        ({ metadata: { name } }) => !declared.has(nameOf({ kind, metadata: { name, namespace } })),
      );
      const found = others.flatMap((object) => beside(object, kind, namespace));
      return found.map((finding) => ({ ...finding, ...(system !== undefined && { system }) }));
    }),
  );
  const findings = looked.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const errors = looked.flatMap((each) => (each.status === "rejected" ? [(each.reason as Error).message] : []));
  return { findings: findings.sort((a, b) => (a.name < b.name ? -1 : 1)), errors };
}

/** Label that names the tool that keeps an object: somebody declares it there. */
const keptBy = "app.kubernetes.io/managed-by";

/** Finding about an object that is not declared, if there is one. */
function beside({ metadata }: Listed, kind: string, namespace: string): Finding[] {
  const { name, labels = {}, annotations = {}, ownerReferences = [], managedFields = [] } = metadata;
  // Without its record a restore that is done would be done again.
  if (kind === "ConfigMap" && name === recordName) return [];
  const isOfHelm = labels.owner === "helm" || "meta.helm.sh/release-name" in annotations;
  if (isOfHelm || isEverywhere({ metadata: { name } }) || managedFields.some(isProvider)) return [];
  const about = { kind, name: `${namespace}/${name}` } as const;
  const writers = managedFields.filter(hasContent);
  // Kubernetes makes the ServiceAccount default, without a word of who did.
  const isOfNamespace = kind === "ServiceAccount" && name === "default";
  if (!isOfNamespace && writers.length > 0 && writers.every(isDeclarer)) {
    // What has an owner goes with it, such as a Job that somebody made from a CronJob.
    if (ownerReferences.length > 0 || keptBy in labels) return [];
    const remove = `kubectl delete ${kind.toLowerCase()} -n ${namespace} ${name}`;
    const up = `up leaves it. If nobody needs it: ${remove}. If it is to stay, label it ${keptBy}`;
    return [{ what: "undeclared", ...about, fields: [], by: authorsOf(managedFields.filter(isAuthor)), up }];
  }
  // The volume of a StatefulSet is enlarged by hand, as docs/configuration-guide.md says.
  const edited = foreignFields(managedFields).filter((field) => isByHand(field) && !isVolumeSize(kind, field.path));
  if (edited.length === 0) return [];
  const up = `up leaves it, for a controller made the object: ${edit(kind, about.name)}`;
  return [{ what: "changed", ...about, fields: edited.map(({ path }) => ({ path })), by: authorsOf(edited), up }];
}

/**
 * Names of controllers, which make objects for others: the certificate of an Ingress, the logins of a ServiceAccount. They
 * are made again whenever they are deleted.
 */
const controllers = /(^|-)(controller|operator|manager|provisioner)$|^(cert-manager|external-secrets|pilot)-/i;

const isDeclarer = (owner: FieldOwner) => isAuthor(owner) && !controllers.test(owner.manager);

/** Tells whether an entry has more of an object than metadata and status: its manager has made it, or a part of it. */
const hasContent = ({ subresource, fieldsV1 = {} }: FieldOwner) =>
  subresource !== "status" &&
  Object.keys(fieldsV1).some((field) => !["f:metadata", "f:status"].includes(field)) &&
  JSON.stringify(fieldsV1["f:spec"]) !== bound;

/** Spec of a claim as far as the controller writes it that binds its volume. */
const bound = JSON.stringify({ "f:volumeName": {} });

/** Namespaces that the stack makes, each with its system. */
function systemsOf(resources: readonly Change[]): Map<string, string | undefined> {
  const namespaces = resources.filter(
    ({ type, operation }) => type === "kubernetes:core/v1:Namespace" && operation !== "delete",
  );
  return new Map(
    namespaces.map(({ before, name, system }) => [(before?.outputs as Declared).metadata?.name ?? name, system]),
  );
}

const nameOf = ({ kind = "", metadata: { namespace = "", name = "" } = {} }: Declared = {}) =>
  [kind, namespace, name].join("/");
