import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import { Schedule } from "../kubernetes/schedule";
import { account, type AccountLimit } from "../kubernetes/service-account";

export interface ScheduledRestartArgs {
  readonly namespace: pulumi.Input<string>;
  /** Stock Node.js image. */
  readonly image: string;
  /** Name of the Deployment to restart. */
  readonly deployment: string;
  /** Schedule in cron's five fields. */
  readonly cron: string;
  /** IANA time zone. Default: Etc/UTC. */
  readonly timeZone?: string;
  /** Limits the account by an admission policy to what restarts pods. Default: false. */
  readonly admissionPolicies?: boolean;
}

/** Restarts a workload gracefully, on a schedule. Its service account may patch only this Deployment. */
export class ScheduledRestart extends pulumi.ComponentResource {
  constructor(name: string, args: ScheduledRestartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:ScheduledRestart", name, {}, opts);
    const rules = [
      { apiGroups: ["apps"], resources: ["deployments"], resourceNames: [args.deployment], verbs: ["get", "patch"] },
    ];
    new Schedule(
      name,
      {
        namespace: args.namespace,
        image: args.image,
        command: ["node", "/runsheet/restart.cjs", args.deployment],
        files: { "restart.cjs": bundle("components/workload/in-pod/restart.ts") },
        serviceAccount: account(
          name,
          args.namespace,
          rules,
          { parent: this },
          args.admissionPolicies ? [samePods] : [],
        ),
        cron: args.cron,
        timeZone: args.timeZone,
        deadlineSeconds: 300,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const samePods: AccountLimit = {
  operation: "UPDATE",
  group: "apps",
  resource: "deployments",
  validations: [
    {
      expression: "object.spec.template.spec == oldObject.spec.template.spec",
      message: "a restart may not change what the pods run",
    },
  ],
};
