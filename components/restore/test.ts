import * as pulumi from "@pulumi/pulumi";
import { account } from "../account";
import type { Before } from "../before";
import { bundle } from "../bundle";
import { MountedFiles } from "../files";
import { Schedule } from "../schedule";

/** How long it may take until the database is there. */
const deadlineSeconds = 6 * 3600;
/** And how much longer until it is verified and gone. */
const verificationSeconds = 3600;

export interface RestoreTestArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** When, in cron's five fields and UTC. */
  readonly cron: string;
  /** The Cluster that is brought back, by a name of its own. */
  readonly cluster: (name: string) => pulumi.Output<object>;
  /** What verifies it, given the host that it is reached by, and what that needs in /runsheet. Default: that it is ready. */
  readonly verification?: { readonly files: MountedFiles; readonly container: (host: string) => Before };
}

/**
 * Brings the newest backup back as a database beside the live one, verifies it and throws it away, again and again: a backup
 * that was never restored is a hope. Whether it went well, and when it did last, is the state of its Jobs and of its CronJob,
 * which kube-state-metrics has as metrics (kube_cronjob_status_last_successful_time, kube_job_status_failed).
 */
export class RestoreTest extends pulumi.ComponentResource {
  constructor(
    name: string,
    { namespace, image, cron, cluster, verification }: RestoreTestArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:RestoreTest", name, {}, opts);
    const program = { "scratch.cjs": bundle("components/restore/scratch.ts") };
    const files = MountedFiles.pinned(`${name}-files`, namespace, program, { parent: this });
    // Not the name of the account: the operator makes one that is called after the cluster.
    const database = `${name}-database`;
    const environment = { CLUSTER: pulumi.jsonStringify(cluster(database)), SECONDS: String(deadlineSeconds) };
    const scratch = (command: string) => ({ image, command: ["node", "/runsheet/scratch.cjs", command], environment });
    const rules = [
      {
        apiGroups: ["postgresql.cnpg.io"],
        resources: ["clusters"],
        resourceNames: [database],
        verbs: ["get", "delete"],
      },
      // Itself, which the database is owned by.
      { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
      // What is yet to be made has no name to be told by.
      { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["create"] },
    ];
    new Schedule(
      name,
      {
        namespace,
        ...scratch("report"),
        before: [
          scratch("begin"),
          ...(verification ? [verification.container(`${database}-rw`)] : []),
          { ...scratch("end"), always: true },
        ],
        files: [files, ...(verification ? [verification.files] : [])],
        serviceAccount: account(name, namespace, rules, { parent: this }),
        cron,
        retries: 0,
        deadlineSeconds: deadlineSeconds + verificationSeconds,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
