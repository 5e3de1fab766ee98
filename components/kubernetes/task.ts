import { Job } from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../identity/hash";
import { podSpec, type PodArgs } from "./pod";

export interface TaskArgs extends PodArgs {
  /** Whatever else makes the task run again when it changes: a release, a database's identity. Default: none. */
  readonly trigger?: readonly pulumi.Input<string>[];
  /** The task is ended, and failed, after this many seconds. Default: 600. */
  readonly deadlineSeconds?: number;
  /** How often a failed pod is tried again. Default: 0, since the next `up` runs a failed task again. */
  readonly retries?: number;
}

/**
 * Something done once per release or change, as a Kubernetes Job: a migration, a dump, a smoke test.
 *
 * The Job's name carries a hash of all that defines it, so that the same task is never run twice and a changed one
 * always is. A failed one is run again by the next `up`. One that still runs because an earlier `up` was killed is
 * found by its name (the provider's `upsertExistingObjects`) and waited for.
 */
export class Task extends pulumi.ComponentResource {
  /** New whenever it ran again. */
  readonly run: pulumi.Output<string>;

  /** What the task depends on, its Job depends on: everything else of it is there beforehand. */
  constructor(name: string, args: TaskArgs, { dependsOn, ...opts }: pulumi.ComponentResourceOptions = {}) {
    super("runsheet:index:Task", name, {}, opts);
    const deadlineSeconds = args.deadlineSeconds ?? 600;
    const labels = { "app.kubernetes.io/name": name };
    const template = {
      metadata: { labels },
      spec: { ...podSpec(name, args, {}, { parent: this }), restartPolicy: "Never" },
    };
    const identity = pulumi.output({ template, trigger: args.trigger ?? [] }).apply(contentHash);
    const job = new Job(
      name,
      {
        metadata: {
          name: pulumi.interpolate`${name}-${identity}`,
          namespace: args.namespace,
          labels,
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        // No ttlSecondsAfterFinished: a Job that the cluster deletes would be found missing by a refresh, and run again.
        spec: { backoffLimit: args.retries ?? 0, activeDeadlineSeconds: deadlineSeconds, template },
      },
      {
        parent: this,
        dependsOn,
        // The old Job goes first: when a change is taken back, the new Job has the name of an earlier one.
        deleteBeforeReplace: true,
        customTimeouts: { create: `${deadlineSeconds + 60}s` },
      },
    );
    this.run = job.metadata.uid;
    this.registerOutputs({});
  }
}
