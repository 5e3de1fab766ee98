/** A cluster in place of the one that the kubeconfig leads to, for tests without any. */
import type { Read } from "../../components/kubernetes/kubeconfig";

/** A reader of what lies at these paths, and of nothing else; of a list it gives what is in the namespace. */
export function readerOf(objects: Readonly<Record<string, unknown>>): Read {
  return <Found>(path: string) => Promise.resolve(objects[path] as Found | undefined);
}

/** The cluster of these tests. */
export const uid = "11111111-2222-3333-4444-555555555555";

/** The databases of a namespace, as a part of what such a cluster has. */
export const databasesOf = (namespace: string, ...names: readonly string[]) => ({
  [`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`]: {
    items: names.map((name) => ({ metadata: { name } })),
  },
});

/** It, with nothing in it but what Kubernetes has. */
export const emptyCluster = { "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid } } };
