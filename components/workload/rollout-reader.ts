import * as pulumi from "@pulumi/pulumi";
import { account } from "../kubernetes/service-account";

/** An account that may look at the Deployments, databases and pods of its namespace: whether their rollouts are over. */
export class RolloutReader extends pulumi.ComponentResource {
  /** The account's name. */
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
