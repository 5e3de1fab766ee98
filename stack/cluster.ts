/** The cluster that the stack is deployed to: which one it is, and whose the namespaces in it are. */
import * as pulumi from "@pulumi/pulumi";
import { clusterReader, type Read } from "../components/kubernetes/kubeconfig";
import { ownerIn, type Owner } from "../components/kubernetes/owner";
import { pinnedCluster, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/** A cluster that can be asked what is in it. */
export interface Cluster {
  /** The UID of its namespace kube-system, which it has for as long as it lives, whatever it is called. */
  readonly uid: string;
  readonly read: Read;
}

interface KubernetesObject {
  readonly kind?: string;
  readonly type?: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Record<string, string> };
}

/** A part of a list, and what to ask for the next with. */
interface Page {
  readonly items: readonly KubernetesObject[];
  readonly metadata?: { readonly continue?: string };
}

/**
 * The cluster that a context of the kubeconfig leads to. Undefined, with a warning, in a preview that cannot reach it.
 * @throws RunError with why it cannot be reached, in an `up`
 */
export async function reachCluster(context: string): Promise<Cluster | undefined> {
  try {
    const read = await clusterReader(context);
    const system = await read<KubernetesObject>("/api/v1/namespaces/kube-system");
    if (!system) throw new Error("it has no namespace kube-system");
    return { uid: system.metadata.uid, read: (path) => read<never>(path).catch(refuseUnread) };
  } catch (error) {
    const title = `the cluster of the context "${context}" cannot be asked which one it is, and whose its namespaces are`;
    const { message } = error as Error;
    if (!pulumi.runtime.isDryRun()) throw refusal(title, [message]);
    await pulumi.log.warn(`${title}: ${message}. This preview does without; an up does not.`);
    return undefined;
  }
}

function refuseUnread(error: Error): never {
  throw refusal("the cluster cannot be asked what is in it", [error.message]);
}

/**
 * Makes sure that the cluster is the one of the last `up`, or the one that the configuration names.
 * @throws RunError with both, and the way out
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
      `${leads}, and runsheet:cluster names ${named}: mend runsheet:context or the kubeconfig, or take runsheet:cluster out`,
    ]);
  if (pinned !== undefined && uid !== pinned)
    throw refusal(title, [
      `${leads}, and the last up was in ${pinned}: mend runsheet:context or the kubeconfig. If the stack is to go on in that other cluster: pulumi config set runsheet:cluster ${uid}, and then pulumi refresh --run-program, which finds out what of the stack is there`,
    ]);
}

/** Resolves to whether a namespace is there; true in a preview that cannot reach the cluster. */
export async function hasNamespace(cluster: Cluster | undefined, name: string): Promise<boolean> {
  return !cluster || (await cluster.read(`/api/v1/namespaces/${name}`)) !== undefined;
}

/** A namespace that the stack is to have. */
export interface Claim {
  readonly namespace: string;
  /** True if the outputs name it as this stack's. */
  readonly known: boolean;
  /** Setting that leaves the namespace to its owner. */
  readonly wayOut: string;
}

/**
 * Makes sure that no namespace is somebody else's: another stack's, or one that nobody's labels are on and that something is
 * in, unless the stack had it before there were labels.
 * @param takeOver the names of those that this stack takes over with all that is in them
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
            `the namespace ${namespace} ${whose}: ${wayOut}. If this stack is to take it over with all that is in it: pulumi config set --path 'runsheet:takeOver[0]' ${namespace}`,
          ];
    }),
  );
  if (problems.flat().length > 0) throw refusal("the cluster has what is not this stack's", problems.flat());
}

/** Why a namespace is somebody else's; undefined if it is not. */
async function foreign(
  read: Read,
  { namespace, known }: Claim,
  { project, stack }: Owner,
): Promise<string | undefined> {
  const found = await read<KubernetesObject>(`/api/v1/namespaces/${namespace}`);
  if (!found) return undefined;
  const owner = ownerIn(found.metadata.labels);
  if (owner?.project === project && owner.stack === stack) return undefined;
  if (owner) return `belongs to the stack ${owner.stack} of the project ${owner.project}`;
  if (known) return undefined;
  const content = await contentOf(read, namespace);
  return content === undefined ? undefined : `has no owner's labels, and something is in it (${content})`;
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

/** The first thing that is found in a namespace, but for what is put into each. */
async function contentOf(read: Read, namespace: string): Promise<string | undefined> {
  const found = await Promise.all(
    kinds.map(async ([path, kind]) => {
      const name = await firstOf(read, `/${path}/namespaces/${namespace}/${kind.toLowerCase()}s?limit=50`);
      return name === undefined ? [] : [`${kind} ${name}`];
    }),
  );
  return found.flat()[0];
}

/** The name of the first thing of a list that is somebody's. */
async function firstOf(read: Read, list: string, next = ""): Promise<string | undefined> {
  const page = await read<Page>(`${list}${next}`);
  const found = page?.items.find((item) => !isEverywhere(item));
  const token = page?.metadata?.continue;
  if (found || !token) return found?.metadata.name;
  return firstOf(read, list, `&continue=${encodeURIComponent(token)}`);
}

/** ConfigMaps that Kubernetes, OpenShift and Istio put into each namespace. */
const everywhere = ["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"];

const isEverywhere = ({ type, metadata: { name } }: KubernetesObject) =>
  everywhere.includes(name) ||
  type === "kubernetes.io/service-account-token" ||
  // OpenShift's, of each ServiceAccount.
  (type === "kubernetes.io/dockercfg" && /-dockercfg-[a-z0-9]+$/.test(name));
