import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";
import { limitRequests, type AccountLimit } from "./admission-policy";

export type { AccountLimit } from "./admission-policy";

/**
 * Creates a service account with these rights in its namespace. Returns its name once it has them, and their limits.
 * @param limits what it may do with them, where RBAC is too wide. Each is of another resource
 */
export function account(
  name: string,
  namespace: pulumi.Input<string>,
  rules: input.rbac.v1.PolicyRule[],
  opts: pulumi.CustomResourceOptions,
  limits: readonly AccountLimit[] = [],
): pulumi.Output<string> {
  const metadata = { name, namespace };
  const made = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, opts);
  const role = new Role(name, { metadata, rules }, opts);
  const bound = new RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: made.metadata.name, namespace }],
    },
    opts,
  );
  const limited = limits.map((limit) =>
    limitRequests(`${name}-${limit.resource}`, namespace, made.metadata.name, limit, opts),
  );
  const held = [bound, ...limited].map(({ id }) => id);
  return pulumi.all([made.metadata.name, pulumi.all(held)]).apply(([accountName]) => accountName);
}
