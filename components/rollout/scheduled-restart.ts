import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../bundle";
import { Schedule } from "../schedule";

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
    const metadata = { name, namespace: args.namespace };
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, { parent: this });
    const role = new Role(
      name,
      {
        metadata,
        rules: [
          {
            apiGroups: ["apps"],
            resources: ["deployments"],
            resourceNames: [args.deployment],
            verbs: ["get", "patch"],
          },
        ],
      },
      { parent: this },
    );
    new RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace }],
      },
      { parent: this },
    );
    new Schedule(
      name,
      {
        namespace: args.namespace,
        image: args.image,
        command: ["node", "/runsheet/restart.cjs", args.deployment],
        files: { "restart.cjs": bundle("components/rollout/restart.ts") },
        serviceAccount: account.metadata.name,
        cron: args.cron,
        timeZone: args.timeZone,
        deadlineSeconds: 300,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
