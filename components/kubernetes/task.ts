import { Job } from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../identity/hash";
import { podSpec, type PodArgs } from "./pod";
import { podFailurePolicy } from "./disruption";

export interface TaskArgs extends PodArgs {
  /** Values that make the task run again when they change, such as a release or a database's identity. Default: []. */
  readonly trigger?: readonly pulumi.Input<string>[];
  /** Limit for the task, in seconds. A Job that takes longer is ended and has failed. Default: 600. */
  readonly deadlineSeconds?: number;
  /** Key of the configuration that has this limit, which the error names. Default: none has. */
  readonly deadlineKey?: string;
  /** Value of that key, where it is a part of the limit. Default: the limit. */
  readonly keySeconds?: number;
  /** Number of retries of a failed pod. Default: 0, since the next `up` runs a failed task again. */
  readonly retries?: number;
}

/**
 * Job that runs once per release or change: a migration, a dump, a check.
 *
 * Its name contains a hash of everything that defines it. The same task is never run twice, and a changed one always
 * runs. A pod that a node's drain has taken away is no failure: another goes on. The next `up` runs a failed task again. A Job that still runs because an earlier `up` was killed is found by
 * its name (the provider's `upsertExistingObjects`) and waited for.
 */
export class Task extends pulumi.ComponentResource {
  /** Identifier of the run: new whenever the task has run again. */
  readonly run: pulumi.Output<string>;
  /** Limit of the Job, with the key that has it, and the key's value. */
  readonly limit: { readonly seconds: number; readonly key?: string; readonly keySeconds: number };

  /** Creates the Job after `dependsOn`. Everything else of the task is created ahead of that. */
  constructor(name: string, args: TaskArgs, { dependsOn, ...opts }: pulumi.ComponentResourceOptions = {}) {
    super("runsheet:index:Task", name, {}, opts);
    const deadlineSeconds = args.deadlineSeconds ?? 600;
    this.limit = { seconds: deadlineSeconds, key: args.deadlineKey, keySeconds: args.keySeconds ?? deadlineSeconds };
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
        // No ttlSecondsAfterFinished: a refresh would miss a Job that the cluster deletes, and the next `up` would run
        // it again.
        spec: { backoffLimit: args.retries ?? 0, activeDeadlineSeconds: deadlineSeconds, podFailurePolicy, template },
      },
      {
        parent: this,
        dependsOn,
        // The old Job is deleted first: after a revert the new Job has the name of an earlier one.
        deleteBeforeReplace: true,
        // Kubernetes cannot change it in a Job, and those of earlier releases must not run again: their tasks stay without it.
        ignoreChanges: ["spec.podFailurePolicy"],
        customTimeouts: { create: `${deadlineSeconds + 60}s` },
      },
    );
    this.run = job.metadata.uid;
    this.registerOutputs({});
  }
}
