/** Stand-in for the reader of the kubeconfig's cluster, for tests without a cluster. */
import type { Read } from "../../components/kubernetes/kubeconfig";

/** Returns a reader that finds these objects at these API paths, and nothing at any other path. */
export function readerOf(objects: Readonly<Record<string, unknown>>): Read {
  return <Found>(path: string) => Promise.resolve(objects[path] as Found | undefined);
}

/** UID of the namespace kube-system, which identifies the cluster. */
export const uid = "11111111-2222-3333-4444-555555555555";

/** CloudNativePG Clusters of a namespace, as a part of a cluster's objects. */
export const databasesOf = (namespace: string, ...names: readonly string[]) => ({
  [`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`]: {
    items: names.map((name) => ({ metadata: { name } })),
  },
});

/** Objects of a cluster without databases, which has Traefik. */
export const emptyCluster = {
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid } },
  "/api/v1/namespaces/traefik": { metadata: { name: "traefik" } },
};
