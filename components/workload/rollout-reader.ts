import * as pulumi from "@pulumi/pulumi";
import { account } from "../kubernetes/service-account";

/** Service account that may read the Deployments, Clusters and pods of its namespace, to wait for rollouts. */
export class RolloutReader extends pulumi.ComponentResource {
  /** Name of the service account. */
  readonly account: pulumi.Output<string>;

  constructor(name: string, namespace: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:RolloutReader", name, {}, opts);
    const rules = [
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
      { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    ];
    this.account = account(name, namespace, rules, { parent: this });
    this.registerOutputs({});
  }
}
