import { ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../bundle";
import { MountedFiles } from "../files";
import { Task } from "../task";

export { ScheduledRestart } from "./scheduled-restart";
export { revisionAnnotation } from "./progress";

export interface RolloutsArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
}

/**
 * Knows when the rollouts of a namespace are over: a program, and an account that may look at Deployments and pods.
 *
 * The Kubernetes provider waits for a rollout too, and tells why its pods do not start. But the first thing it hears of the
 * Deployment may be from before the change (pulumi-kubernetes#2941): it then takes the old release for the new one, and
 * what must come after the rollout begins too early.
 */
export class Rollouts extends pulumi.ComponentResource {
  private readonly account: pulumi.Output<string>;
  private readonly program: MountedFiles;

  constructor(
    name: string,
    private readonly args: RolloutsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Rollouts", name, {}, opts);
    const metadata = { name, namespace: args.namespace };
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
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace }],
      },
      { parent: this },
    );
    this.account = account.metadata.name;
    const program = { "rolled-out.cjs": bundle("components/rollout/rolled-out.ts") };
    this.program = MountedFiles.pinned(name, args.namespace, program, { parent: this });
    this.registerOutputs({});
  }

  /** Waits until a Deployment has rolled its revision out; `seconds` is for how long it may make no progress. */
  wait(
    deployment: string,
    { revision, seconds, trigger }: { revision: pulumi.Input<string>; seconds: number; trigger: pulumi.Input<string> },
    opts: pulumi.ComponentResourceOptions,
  ): Task {
    return new Task(
      `${deployment}-rollout`,
      {
        ...this.args,
        command: ["node", "/runsheet/rolled-out.cjs", deployment, revision, String(seconds)],
        files: this.program,
        serviceAccount: this.account,
        trigger: [trigger],
        // Only for a program that hangs: a rollout without progress ends it long before.
        deadlineSeconds: seconds + 3600,
      },
      opts,
    );
  }
}
