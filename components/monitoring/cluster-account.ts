import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { ClusterRole, ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

/** Creates a service account with these rights in the whole cluster. Returns its name once it has them. */
export function clusterAccount(
  name: string,
  namespace: pulumi.Output<string>,
  rules: input.rbac.v1.PolicyRule[],
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const account = new ServiceAccount(name, { metadata: { name, namespace } }, { parent });
  const metadata = { name: pulumi.interpolate`${namespace}-${name}` };
  const role = new ClusterRole(name, { metadata, rules }, { parent });
  const bound = new ClusterRoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
    },
    { parent },
  );
  return pulumi.all([account.metadata.name, bound.id]).apply(([accountName]) => accountName);
}
