import { CronJob } from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import { podFailurePolicy } from "./disruption";
import { podSpec, type PodArgs } from "./pod";

export interface ScheduleTimes {
  /** Schedule in cron's five fields. */
  readonly cron: string;
  /** IANA time zone. Default: Etc/UTC. */
  readonly timeZone?: string;
  /** Limit for a run, in seconds. A run that takes longer is ended and has failed. Default: 3600. */
  readonly deadlineSeconds?: number;
  /** Number of retries of a failed run. Default: 1. */
  readonly retries?: number;
  /** Latest start of a missed run, in seconds after its time. Default: 3600. */
  readonly startingDeadlineSeconds?: number;
  /** Suspends the schedule, as during a restore. Default: false. */
  readonly suspended?: boolean;
}

export interface ScheduleArgs extends PodArgs, ScheduleTimes {}

/** CronJob. A run never overlaps the one before it. */
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
              podFailurePolicy,
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
