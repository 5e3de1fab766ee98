/**
 * Takes back what people have changed by hand in the stack's objects.
 *
 * Pulumi compares the program with its state, and server-side apply leaves fields that another tool has added, so that
 * neither an `up` nor a refresh would see a variable of `kubectl set env`. So the program reads who owns the fields: an
 * object with an edit by hand gets an annotation with its time, which makes Pulumi apply the object. Before that a hook
 * makes what people own the provider's own, and what is not declared is removed in the same request, with one rollout. The
 * hook sets the annotation, too, so that the next `up` goes on if this one is killed in between. What controllers and
 * Runsheet's own tasks own stays theirs.
 */
import * as pulumi from "@pulumi/pulumi";
import { choicesOf, type FieldOfObject } from "./autoscaled";
import { isVolumeSize } from "./enlarged-volumes";
import { givenTo, isAuthor, isProvider, replicas, type FieldOwner } from "./field-owners";
import { foreignFields, isByHand, type ForeignField } from "./foreign-fields";
import type { ClusterClient, Read } from "./kubeconfig";
import { isMade } from "./made";
import { listPath, objectPath, type Named } from "./object-path";
import { changeOwners, type ManagedMetadata } from "./owner-changes";

/** Annotation with the time of the last edit by hand that was taken back. The watch has one for releases. */
const takenBack = "runsheet/edit-taken-back";
/** Owner of that annotation until the provider declares it. */
const manager = "runsheet-take-back";

const restartedAt = "kubectl.kubernetes.io/restartedAt";
/** Times of restarts: without them pods would restart once more. */
const restarts = [
  ["metadata", "annotations", restartedAt],
  ["spec", "template", "metadata", "annotations", restartedAt],
] as const;

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

/** Kind that is read as a whole: its spec says whose number of pods it chooses. */
const autoscaler = "HorizontalPodAutoscaler";

type ListedMetadata = ManagedMetadata & Named["metadata"] & { readonly generation?: number };

/**
 * Finds the objects that Runsheet has made in these namespaces, and somebody has changed by hand.
 * @throws Error if the API server refuses it
 */
export async function editedIn(namespaces: readonly string[], read: Read): Promise<Edited[]> {
  const lists = lookedAtKinds.flatMap((kind) => namespaces.map((namespace) => ({ ...kind, namespace })));
  const found = await Promise.all(
    lists.map(async ({ apiVersion, kind, namespace }) => {
      const form = kind === autoscaler ? undefined : "metadata";
      const list = await read<List>(listPath(apiVersion, kind, namespace), form);
      return (list?.items ?? []).map((object) => ({ ...object, apiVersion, kind }));
    }),
  );
  const objects = found.flat();
  const isChoice = choicesOf(objects.filter(({ kind }) => kind === autoscaler));
  return objects.flatMap(({ metadata, ...of }) => edited({ ...of, metadata }, metadata, isChoice));
}

function edited(
  { apiVersion, kind, metadata: { name, namespace } }: Named,
  metadata: ListedMetadata,
  isChoice: (field: FieldOfObject) => boolean,
): Edited[] {
  if (!isMade(metadata)) return [];
  const fields = foreignFields(metadata.managedFields ?? []).filter(
    (field) =>
      isByHand(field) && !isVolumeSize(kind, field.path) && !isChoice({ kind, namespace, name, path: field.path }),
  );
  const times = fields.flatMap(({ time }) => time ?? []).sort();
  const now = fields.length > 0 ? (times.at(-1) ?? `generation ${metadata.generation}`) : undefined;
  const when = now ?? metadata.annotations?.[takenBack];
  return when === undefined ? [] : [{ apiVersion, kind, metadata: { name, namespace }, when, fields }];
}

/**
 * Returns a transformation that takes back the edits. It comes last: it makes an object's metadata an output.
 * @param connect connects to the cluster. It is called when the first edit is taken back
 * @param found is told each edited object that the program declares: in a namespace there may be another stack's, too
 */
export function takingBack(
  objects: readonly Edited[],
  connect: () => Promise<ClusterClient>,
  found: (object: Edited) => void,
): pulumi.ResourceTransformation {
  const typeOf = ({ apiVersion, kind }: Named) =>
    `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const types = new Set(objects.map(typeOf));
  const hook = new pulumi.ResourceHook("take-back", async ({ newInputs, oldOutputs }) => {
    const declared = newInputs as Declared;
    const object = objects.find((each) => each.fields.length > 0 && isSame(each, declared));
    const { __fieldManager: provider } = (oldOutputs ?? {}) as { readonly __fieldManager?: string };
    if (object) await takeBack(await connect(), { ...object, provider }, declared);
  });
  return ({ type, props, opts }) => {
    if (!types.has(type)) return undefined;
    const metadata = pulumi.output((props as Named).metadata).apply((metadata) => {
      const object = objects.find((each) => typeOf(each) === type && isSameName(each.metadata, metadata));
      if (!object) return metadata;
      if (object.fields.length > 0) found(object);
      const { annotations } = metadata as ManagedMetadata;
      return { ...metadata, annotations: { ...annotations, [takenBack]: object.when } };
    });
    return { props: { ...props, metadata }, opts: pulumi.mergeOptions(opts, { hooks: { beforeUpdate: [hook] } }) };
  };
}

/** Object as Pulumi is about to update it. */
export interface Declared extends Named {
  readonly spec?: { readonly [field: string]: unknown; readonly replicas?: number };
}

export interface TakenBack extends Pick<Edited, "when"> {
  /** Name under which the provider owns the object's fields. Default: the last of its names there. */
  readonly provider?: string;
}

/**
 * Makes what people own in an object the provider's own, so that its next change removes what is not declared. What the
 * provider owns under the name of a state that was lost stays: it is declared no more, and may be needed.
 * @throws Error if the API server refuses it
 */
export async function takeBack(
  client: ClusterClient,
  { when, provider }: TakenBack,
  declared: Declared,
): Promise<void> {
  // An autoscaler's number of pods stays.
  const kept = declared.spec?.replicas === undefined ? [...restarts, replicas] : restarts;
  const mark = { annotation: takenBack, value: when, manager };
  await changeOwners(
    client,
    objectPath(declared),
    (owners) => {
      const isApplied = (owner: FieldOwner) => owner.operation === "Apply" && isProvider(owner);
      const name = provider ?? owners.findLast(isApplied)?.manager;
      if (name === undefined) return owners;
      const isOwn = (owner: FieldOwner) => isApplied(owner) && owner.manager === name;
      const from = (owner: FieldOwner) => isOwn(owner) || (isAuthor(owner) && isByHand(owner));
      return givenTo(name, owners, declared.apiVersion, { from, kept });
    },
    mark,
  );
}

const isSame = (one: Named, other: Named) => one.kind === other.kind && isSameName(one.metadata, other.metadata);

const isSameName = (one: Named["metadata"], other: Named["metadata"]) =>
  one.name === other.name && one.namespace === other.namespace;
