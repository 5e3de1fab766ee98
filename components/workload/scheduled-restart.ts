import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import { Schedule } from "../kubernetes/schedule";
import { account } from "../kubernetes/service-account";

export interface ScheduledRestartArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** The Deployment to restart. */
  readonly deployment: string;
  /** When, in cron's five fields. */
  readonly cron: string;
  /** An IANA time zone. Default: Etc/UTC. */
  readonly timeZone?: string;
}

/** Restarts a workload on a schedule, gracefully; its account may do that to this one Deployment and nothing else. */
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
        serviceAccount: account(name, args.namespace, rules, { parent: this }),
        cron: args.cron,
        timeZone: args.timeZone,
        deadlineSeconds: 300,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
