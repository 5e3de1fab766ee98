import * as pulumi from "@pulumi/pulumi";
import { account } from "../kubernetes/service-account";
import { Schedule } from "../kubernetes/schedule";
import { scratchDatabase, type ScratchDatabaseArgs } from "./scratch-database";

/** Limit for the database to come up, in seconds. */
const deadlineSeconds = 6 * 3600;
/** Additional time to verify and delete it, in seconds. */
const verificationSeconds = 3600;

export interface RestoreTestArgs extends Omit<ScratchDatabaseArgs, "seconds"> {
  /** Schedule in cron's five fields, in UTC. */
  readonly cron: string;
}

/**
 * Restores the newest backup as a scratch database beside the live one, verifies it and deletes it, on a schedule.
 *
 * The result is the state of its Jobs and of its CronJob. kube-state-metrics exports both as metrics
 * (kube_cronjob_status_last_successful_time, kube_job_status_failed).
 */
export class RestoreTest extends pulumi.ComponentResource {
  constructor(name: string, { cron, ...args }: RestoreTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:RestoreTest", name, {}, opts);
    const { before, report, files, rules, limits } = scratchDatabase(
      name,
      { ...args, seconds: deadlineSeconds },
      { parent: this },
    );
    new Schedule(
      name,
      {
        namespace: args.namespace,
        ...report,
        before,
        files,
        serviceAccount: account(name, args.namespace, rules, { parent: this }, limits),
        cron,
        retries: 0,
        deadlineSeconds: deadlineSeconds + verificationSeconds,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
