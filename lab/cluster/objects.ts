/** Types and builders of the Kubernetes objects that the lab creates. */

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const rbac = "rbac.authorization.k8s.io";

export const clusterRole = (name: string, rules: Rule[]): KubernetesObject => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});

/** Binds the cluster role `name` to the user of the same name. */
export const clusterRoleBinding = (name: string): KubernetesObject => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
  subjects: [{ apiGroup: rbac, kind: "User", name }],
});
