import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";

export { revisionAnnotation } from "./progress";
export { ScheduledRestart } from "./scheduled-restart";

/** An account that may look at the Deployments and pods of its namespace: whether their rollouts are over. */
export class RolloutReader extends pulumi.ComponentResource {
  /** The account's name. */
  readonly account: pulumi.Output<string>;

  constructor(name: string, namespace: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:RolloutReader", name, {}, opts);
    const metadata = { name, namespace };
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, { parent: this });
    const role = new Role(
      name,
      {
        metadata,
        rules: [
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
          { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
        ],
      },
      { parent: this },
    );
    new RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      { parent: this },
    );
    this.account = account.metadata.name;
    this.registerOutputs({});
  }
}
