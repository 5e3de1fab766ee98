/**
 * Takes back what people have changed by hand in the stack's objects.
 *
 * Pulumi compares the program with its state, and server-side apply leaves fields that another tool has added, so that
 * neither an `up` nor a refresh would see a variable of `kubectl set env`. So the program reads who owns the fields: an
 * object with an edit by hand gets an annotation with its time, which makes Pulumi apply the object. Before that a hook
 * makes the foreign fields the provider's own, and what is not declared is removed in the same request, with one rollout.
 */
import * as pulumi from "@pulumi/pulumi";
import { givenTo, isAuthor, isProvider, type FieldOwner } from "./field-owners";
import { foreignFields, isByHand, type ForeignField } from "./foreign-fields";
import type { Patch, Read } from "./kubeconfig";
import { isMade } from "./made";
import { listPath, objectPath, type Named } from "./object-path";
import { changeOwners, type ManagedMetadata } from "./owner-changes";

/** Annotation with the time of the last edit by hand that was taken back. */
const takenBack = "runsheet/taken-back";

/** Kinds of the objects that are looked at, by their version of the API. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  v1: ["ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"],
  "apps/v1": ["Deployment", "StatefulSet", "DaemonSet"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
  "postgresql.cnpg.io/v1": ["Cluster", "Database", "Pooler", "ScheduledBackup"],
  "barmancloud.cnpg.io/v1": ["ObjectStore"],
  "monitoring.coreos.com/v1": ["PodMonitor", "Probe", "PrometheusRule", "ServiceMonitor"],
};

/** The kinds as a list. */
export const lookedAtKinds: readonly Pick<Named, "apiVersion" | "kind">[] = Object.entries(kinds).flatMap(
  ([apiVersion, names]) => names.map((kind) => ({ apiVersion, kind })),
);

/** Tells whether edits by hand of objects of this kind are looked for. */
export const isTakenBack = (apiVersion: string, kind: string): boolean => kinds[apiVersion]?.includes(kind) ?? false;

/** Object that somebody has changed by hand, now or before. */
export interface Edited extends Named {
  /**
   * Time of the last edit, also of one that was taken back, in ISO 8601. `kubectl scale` leaves none: then it is the
   * object's generation, as `generation 7`.
   */
  readonly when: string;
  /** Fields that are changed now. Empty if all were taken back. */
  readonly fields: readonly ForeignField[];
}

interface List {
  readonly items: readonly { readonly metadata: ListedMetadata }[] | null;
}

type ListedMetadata = ManagedMetadata & Named["metadata"] & { readonly generation?: number };

/**
 * Finds the objects that Runsheet has made in these namespaces, and somebody has changed by hand.
 * @throws Error if the API server refuses it
 */
export async function editedIn(namespaces: readonly string[], read: Read): Promise<Edited[]> {
  const lists = lookedAtKinds.flatMap((kind) => namespaces.map((namespace) => ({ ...kind, namespace })));
  const found = await Promise.all(
    lists.map(async ({ apiVersion, kind, namespace }) => {
      const list = await read<List>(listPath(apiVersion, kind, namespace), "metadata");
      return (list?.items ?? []).flatMap(({ metadata }) => edited({ apiVersion, kind, metadata }, metadata));
    }),
  );
  return found.flat();
}

function edited({ apiVersion, kind, metadata: { name, namespace } }: Named, metadata: ListedMetadata): Edited[] {
  if (!isMade(metadata)) return [];
  const fields = foreignFields(metadata.managedFields ?? []).filter(isByHand);
  const times = fields.flatMap(({ time }) => time ?? []).sort();
  const now = fields.length > 0 ? (times.at(-1) ?? `generation ${metadata.generation}`) : undefined;
  const when = now ?? metadata.annotations?.[takenBack];
  return when === undefined ? [] : [{ apiVersion, kind, metadata: { name, namespace }, when, fields }];
}

/** Client of the cluster. */
interface Client {
  readonly read: Read;
  readonly patch: Patch;
}

/**
 * Returns a transformation that takes back the edits. It comes last: it makes an object's metadata an output.
 * @param connect connects to the cluster. It is called when the first edit is taken back
 */
export function takingBack(objects: readonly Edited[], connect: () => Promise<Client>): pulumi.ResourceTransformation {
  const typeOf = ({ apiVersion, kind }: Named) =>
    `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const types = new Set(objects.map(typeOf));
  const hook = new pulumi.ResourceHook("take-back", async ({ newInputs }) => {
    const object = newInputs as Declared;
    if (!objects.some((each) => each.fields.length > 0 && isSame(each, object))) return;
    const { read, patch } = await connect();
    await changeOwners({ read, patch }, objectPath(object), (owners) => ofProvider(owners, object));
  });
  return ({ type, props, opts }) => {
    if (!types.has(type)) return undefined;
    const metadata = pulumi.output((props as Named).metadata).apply((metadata) => {
      const found = objects.find((each) => typeOf(each) === type && isSameName(each.metadata, metadata));
      if (!found) return metadata;
      const { annotations } = metadata as ManagedMetadata;
      return { ...metadata, annotations: { ...annotations, [takenBack]: found.when } };
    });
    return { props: { ...props, metadata }, opts: pulumi.mergeOptions(opts, { hooks: { beforeUpdate: [hook] } }) };
  };
}

interface Declared extends Named {
  readonly spec?: { readonly replicas?: number };
}

/**
 * Gives the fields that people's tools own to the provider, under the name that it has for the object. Those of another
 * tool's controller stay its own.
 */
function ofProvider(owners: readonly FieldOwner[], { apiVersion, kind, spec }: Declared): readonly FieldOwner[] {
  const provider = owners.findLast((owner) => isProvider(owner) && owner.operation === "Apply");
  if (!provider) return owners;
  const isTaken = (owner: FieldOwner) => isProvider(owner) || (isAuthor(owner) && isByHand(owner));
  // Without a declared number of pods an autoscaler has one: removed, it would be 1 until the autoscaler looks again.
  const kept = kind === "Deployment" && spec?.replicas === undefined ? ["spec", "replicas"] : undefined;
  return [
    ...owners.filter((owner) => !isTaken(owner)),
    ...givenTo(provider.manager, owners.filter(isTaken), apiVersion, kept),
  ];
}

const isSame = (one: Named, other: Named) => one.kind === other.kind && isSameName(one.metadata, other.metadata);

const isSameName = (one: Named["metadata"], other: Named["metadata"]) =>
  one.name === other.name && one.namespace === other.namespace;
