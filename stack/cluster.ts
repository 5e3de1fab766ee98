/** Cluster that the stack is deployed to: its identity, and the owners of its namespaces. */
import * as pulumi from "@pulumi/pulumi";
import { clusterReader, type Read } from "../components/kubernetes/kubeconfig";
import { isSameOwner, ownerIn, type Owner } from "../components/kubernetes/owner";
import { recordPath } from "../components/system/live-database";
import { pinnedCluster, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/** Readable cluster. */
export interface Cluster {
  /** UID of its namespace kube-system, which never changes. */
  readonly uid: string;
  readonly read: Read;
}

interface KubernetesObject {
  readonly kind?: string;
  readonly type?: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Record<string, string> };
}

/** Page of a list, with the token for the next one. */
interface Page {
  readonly items: readonly KubernetesObject[];
  readonly metadata?: { readonly continue?: string };
}

/**
 * Connects to the cluster of a context of the kubeconfig. Undefined, with a warning, in a preview that cannot reach it.
 * @throws RunError with the reason, in an `up` that cannot reach it
 */
export async function reachCluster(context: string): Promise<Cluster | undefined> {
  try {
    const read = await clusterReader(context);
    const system = await read<KubernetesObject>("/api/v1/namespaces/kube-system");
    if (!system) throw new Error("it has no namespace kube-system");
    return { uid: system.metadata.uid, read: (...asked) => read<never>(...asked).catch(refuseUnread) };
  } catch (error) {
    const title = `the cluster of the context "${context}" cannot be reached`;
    const { message } = error as Error;
    if (!pulumi.runtime.isDryRun()) throw refusal(title, [message]);
    await pulumi.log.warn(`${title}: ${message}. This preview continues without it; an up would fail.`);
    return undefined;
  }
}

function refuseUnread(error: Error): never {
  throw refusal("the cluster cannot be read", [error.message]);
}

/**
 * Checks that the cluster is the last `up`'s, or the one that the configuration names.
 * @throws RunError with both clusters and the remedy
 */
export function refuseOtherCluster(
  { uid }: Cluster,
  { context, cluster: named }: { readonly context: string; readonly cluster?: string },
  outputs: Outputs,
): void {
  if (uid === named) return;
  const pinned = pinnedCluster(outputs);
  const title = "this is another cluster";
  const leads = `the context "${context}" leads to the cluster ${uid}`;
  if (named !== undefined)
    throw refusal(title, [
      `${leads}, but runsheet:cluster names ${named}: correct runsheet:context or the kubeconfig, or remove runsheet:cluster`,
    ]);
  if (pinned !== undefined && uid !== pinned)
    throw refusal(title, [
      `${leads}, but the last up was in ${pinned}: correct runsheet:context or the kubeconfig. To continue the stack in the other cluster: pulumi config set runsheet:cluster ${uid}, then pulumi refresh --run-program, which detects the resources that exist there`,
    ]);
}

/**
 * Tells whether a system of a stack is in a namespace: the stack made it, or has its record there. True in a preview
 * that cannot reach the cluster.
 */
export async function hasSystem(cluster: Cluster | undefined, namespace: string, owner: Owner): Promise<boolean> {
  if (!cluster) return true;
  const path = `/api/v1/namespaces/${namespace}`;
  const found = await Promise.all([path, recordPath(namespace)].map((each) => hasLabels(cluster, each, owner)));
  return found.includes(true);
}

/** Tells whether a namespace has the labels of a stack. */
export const isOwn = (cluster: Cluster, namespace: string, owner: Owner): Promise<boolean> =>
  hasLabels(cluster, `/api/v1/namespaces/${namespace}`, owner);

const hasLabels = async ({ read }: Cluster, path: string, owner: Owner): Promise<boolean> =>
  isSameOwner(ownerIn((await read<KubernetesObject>(path))?.metadata.labels), owner);

/** Namespace that the stack claims. */
export interface Claim {
  readonly namespace: string;
  /** True if the outputs name it as this stack's. */
  readonly known: boolean;
  /** Setting that leaves the namespace to its owner. */
  readonly wayOut: string;
  /** Key that lets the stack use the namespace beside what others have in it. Default: there is none. */
  readonly besideKey?: string;
}

/**
 * Checks that no namespace is another stack's, or has content but no owner labels, unless the stack had it before there
 * were labels.
 * @param takeOver names of the namespaces that this stack takes over with everything in them
 * @throws RunError that lists all of them
 */
export async function refuseForeignNamespaces(
  { read }: Cluster,
  claims: readonly Claim[],
  owner: Owner,
  takeOver: readonly string[],
): Promise<void> {
  const claimed = claims.filter(({ namespace }) => !takeOver.includes(namespace));
  const problems = await Promise.all(
    claimed.map(async (claim) => {
      const { namespace, wayOut } = claim;
      const whose = await foreign(read, claim, owner);
      return whose === undefined
        ? []
        : [
            `the namespace ${namespace} ${whose}${wayOut}. To take it over with everything in it: pulumi config set --path 'runsheet:takeOver[0]' ${namespace}`,
          ];
    }),
  );
  if (problems.flat().length > 0) throw refusal("namespaces are not this stack's", problems.flat());
}

/** Explains why a namespace is not the stack's, up to the way out. Undefined if it is. */
async function foreign(read: Read, { namespace, known, besideKey }: Claim, own: Owner): Promise<string | undefined> {
  const found = await read<KubernetesObject>(`/api/v1/namespaces/${namespace}`);
  if (!found) return undefined;
  const owner = ownerIn(found.metadata.labels);
  if (isSameOwner(owner, own)) return undefined;
  if (owner) return `belongs to the stack ${owner.stack} of the project ${owner.project}: `;
  const beside = besideKey === undefined ? "" : `set ${besideKey} to false to use it beside what is in it, or `;
  if (known)
    return (await isGuest(read, namespace))
      ? `was not made by this stack, which is a guest in it: ${beside}`
      : undefined;
  const content = await contentOf(read, namespace);
  return content === undefined ? undefined : `has no owner labels, but contains objects (${content}): ${beside}`;
}

/** Tells whether the stack has used a namespace that it did not make, so that only the record has labels. */
async function isGuest(read: Read, namespace: string): Promise<boolean> {
  const record = await read<KubernetesObject>(recordPath(namespace));
  return ownerIn(record?.metadata.labels) !== undefined;
}

/** Kinds of objects that show that a namespace is in use. */
const kinds: readonly (readonly [path: string, kind: string])[] = [
  ["apis/postgresql.cnpg.io/v1", "Cluster"],
  ["api/v1", "PersistentVolumeClaim"],
  ["apis/apps/v1", "StatefulSet"],
  ["apis/apps/v1", "Deployment"],
  ["apis/batch/v1", "CronJob"],
  ["apis/batch/v1", "Job"],
  ["api/v1", "Pod"],
  ["api/v1", "Service"],
  ["api/v1", "Secret"],
  ["api/v1", "ConfigMap"],
];

/** Returns the first object in a namespace, apart from those that every namespace has. */
async function contentOf(read: Read, namespace: string): Promise<string | undefined> {
  const found = await Promise.all(
    kinds.map(async ([path, kind]) => {
      const name = await firstOf(read, `/${path}/namespaces/${namespace}/${kind.toLowerCase()}s?limit=50`);
      return name === undefined ? [] : [`${kind} ${name}`];
    }),
  );
  return found.flat()[0];
}

/** Returns the name of the first object of a list that not every namespace has. */
async function firstOf(read: Read, list: string, next = ""): Promise<string | undefined> {
  const page = await read<Page>(`${list}${next}`);
  const found = page?.items.find((item) => !isEverywhere(item));
  const token = page?.metadata?.continue;
  if (found || !token) return found?.metadata.name;
  return firstOf(read, list, `&continue=${encodeURIComponent(token)}`);
}

/** ConfigMaps that Kubernetes, OpenShift and Istio put into each namespace. */
const everywhere = ["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"];

/** Tells whether every namespace has an object. Without its type a Secret of a ServiceAccount is not recognized. */
export const isEverywhere = ({
  type,
  metadata: { name },
}: {
  readonly type?: string;
  readonly metadata: { readonly name: string };
}): boolean =>
  everywhere.includes(name) ||
  type === "kubernetes.io/service-account-token" ||
  // OpenShift creates one for each ServiceAccount.
  (type === "kubernetes.io/dockercfg" && /-dockercfg-[a-z0-9]+$/.test(name));
