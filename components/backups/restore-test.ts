import * as pulumi from "@pulumi/pulumi";
import { account } from "../kubernetes/service-account";
import { Schedule } from "../kubernetes/schedule";
import { scratchDatabase, type ScratchDatabaseArgs } from "./scratch-database";

/** How long it may take until the database is there. */
const deadlineSeconds = 6 * 3600;
/** And how much longer until it is verified and gone. */
const verificationSeconds = 3600;

export interface RestoreTestArgs extends Omit<ScratchDatabaseArgs, "seconds"> {
  /** When, in cron's five fields and UTC. */
  readonly cron: string;
}

/**
 * Brings the newest backup back as a database beside the live one, verifies it and throws it away, again and again: a backup
 * that was never restored is a hope. Whether it went well, and when it did last, is the state of its Jobs and of its CronJob,
 * which kube-state-metrics has as metrics (kube_cronjob_status_last_successful_time, kube_job_status_failed).
 */
export class RestoreTest extends pulumi.ComponentResource {
  constructor(name: string, { cron, ...args }: RestoreTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:RestoreTest", name, {}, opts);
    const { before, report, files, rules } = scratchDatabase(
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
        serviceAccount: account(name, args.namespace, rules, { parent: this }),
        cron,
        retries: 0,
        deadlineSeconds: deadlineSeconds + verificationSeconds,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
