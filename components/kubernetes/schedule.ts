import { CronJob } from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { podSpec, type PodArgs } from "./pod";

export interface ScheduleTimes {
  /** When to run, in cron's five fields. */
  readonly cron: string;
  /** An IANA time zone. Default: Etc/UTC. */
  readonly timeZone?: string;
  /** A run is ended, and failed, after this many seconds. Default: 3600. */
  readonly deadlineSeconds?: number;
  /** How often a failed run is tried again. Default: 1. */
  readonly retries?: number;
  /** How late a run may still start, in seconds, when it was missed. Default: 3600. */
  readonly startingDeadlineSeconds?: number;
  /** Whether runs are held back, as during a restore. Default: false. */
  readonly suspended?: boolean;
}

export interface ScheduleArgs extends PodArgs, ScheduleTimes {}

/** Something done again and again, as a Kubernetes CronJob; a run never overlaps the one before it. */
export class Schedule extends pulumi.ComponentResource {
  constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Schedule", name, {}, opts);
    const template = {
      metadata: { labels: { "app.kubernetes.io/name": name } },
      spec: { ...podSpec(name, args, {}, { parent: this }), restartPolicy: "Never" },
    };
    new CronJob(
      name,
      {
        metadata: { name, namespace: args.namespace },
        spec: {
          schedule: args.cron,
          timeZone: args.timeZone ?? "Etc/UTC",
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: args.startingDeadlineSeconds ?? 3600,
          suspend: args.suspended ?? false,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            spec: {
              backoffLimit: args.retries ?? 1,
              activeDeadlineSeconds: args.deadlineSeconds ?? 3600,
              template,
            },
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
