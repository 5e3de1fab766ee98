import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { BackupAccess, StoreAccess } from "../object-store";
import type { Before } from "../kubernetes/init-containers";
import type { ContainerArgs } from "../kubernetes/container";
import type { Mount, PodArgs } from "../kubernetes/pod";
import { Schedule } from "../kubernetes/schedule";
import { Task } from "../kubernetes/task";
import { afterRestores, type DeletingPod } from "../postgres/retention";
import { dumpPod, dumpScripts, scriptContainer, storeContainer, type DumpPodArgs } from "./dump-pod";
import type { KeepDays, Tier } from "./tiers";

export { proofs } from "./dump-pod";
export type { KeepDays } from "./tiers";

/** Store for verified dumps, and their retention. */
export interface DumpStore {
  readonly access: BackupAccess;
  /** Stock Node.js image. */
  readonly image: string;
  readonly keepDays: KeepDays;
  /** Schedule of the dumps that do not depend on a migration, in cron's five fields, in UTC. */
  readonly cron: string;
}

export interface DumpsArgs extends DumpPodArgs {
  /** Default: none. Dumps before migrations are then kept on a volume of the cluster, and no others are taken. */
  readonly store?: DumpStore;
  /** Limit for a dump, in seconds. A Job that takes longer is ended and has failed. */
  readonly deadlineSeconds: number;
  /** Key of the configuration that has this limit, which the error names. Default: none has. */
  readonly deadlineKey?: string;
  /** Protects the volume: it can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
  /** Deployment that the dump before the migrations saves. The names of its dumps begin with it. */
  readonly deployment: pulumi.Input<string>;
  /** Trigger of a new dump before the migrations. The dump's name ends with it, for a dump is never overwritten. */
  readonly trigger: pulumi.Input<string>;
  /** Changes that the migrations deploy, in order. */
  readonly changes: readonly string[];
}

/** Program that stores a dump. */
export const storeProgram = () => ({ "store.cjs": bundle("components/backups/in-pod/store.ts") });

/** Schedule of the retention: before the nightly dump, when nothing else runs. */
const retentionCron = "30 0 * * *";

/**
 * Dumps of a database: one before the migrations, and with a store others on a schedule.
 *
 * Each dump is verified before its manifest is written. It is read whole, and must contain every table of the database.
 * With the proof `restore` it is also restored into a scratch server, where the verify scripts run and the rows of
 * every table are compared with the dump's snapshot. In the store it is read back once more.
 *
 * The dump before the migrations is skipped if the database is archived, the store has a dump of the same deployment
 * and no change is due. After a restore nobody then waits for a dump that saves nothing.
 */
export class Dumps extends pulumi.ComponentResource {
  private readonly programs: MountedFiles;

  constructor(
    private readonly name: string,
    private readonly args: DumpsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Dumps", name, {}, opts);
    const { namespace, store, deadlineSeconds, deployment, trigger, database } = args;
    const programs = { ...dumpScripts(args), ...(store && storeProgram()) };
    this.programs = MountedFiles.pinned(`${name}-files`, namespace, programs, { parent: this });
    new Task(
      name,
      {
        ...(store ? this.beforeMigration(store) : this.onVolume()),
        trigger: [database.identity, deployment, trigger],
        deadlineSeconds,
        deadlineKey: args.deadlineKey,
      },
      { parent: this },
    );
    if (store) {
      new Schedule(
        `${name}-scheduled`,
        { ...this.stored(store, "scheduled", this.taking()), cron: store.cron, deadlineSeconds },
        { parent: this },
      );
      const { retention } = store.access;
      if (retention) {
        const pod = { ...this.retention(store, retention), node: store.image, cron: retentionCron };
        new Schedule(`${name}-retention`, afterRestores(`${name}-retention`, pod, { parent: this }), { parent: this });
      }
    }
    this.registerOutputs({});
  }

  /** Declares a pod that takes a dump onto a volume. */
  private onVolume(): PodArgs {
    const { namespace, storage, protect } = this.args;
    const volume = new PersistentVolumeClaim(
      this.name,
      {
        // The volume is bound when the first dump uses it, so waiting for it here would never end.
        metadata: { name: this.name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
      },
      { parent: this, protect },
    );
    return this.pod(this.taking(this.fileName), { claim: volume.metadata.name, path: "/dumps" });
  }

  /** Declares a pod that takes a dump and stores it, unless the store has one of the same deployment. */
  private beforeMigration(store: DumpStore): PodArgs {
    const { database, deployment, changes, proof } = this.args;
    const { environment, ...take } = this.taking(this.fileName);
    const taking = { ...take, environment: { ...environment, CHANGES: changes.join("\n") } };
    // A database without an archive has only its dumps, so it is always dumped.
    const find = storeContainer(store.image, store.access.backup, "find", deployment);
    const finding = database.server ? [{ ...find, environment: { ...find.environment, PROOF: proof } }] : [];
    return this.stored(store, "before-migration", ...finding, taking);
  }

  /** Declares a pod that stores the dump which its init containers took. */
  private stored(store: DumpStore, tier: Tier | "scheduled", ...before: readonly Before[]): PodArgs {
    const room: Mount = { scratch: this.args.storage, path: "/dumps" };
    return { ...this.pod(storeContainer(store.image, store.access.backup, "put", tier), room), before };
  }

  /** Declares a pod that deletes the dumps whose retention has expired. */
  private retention(store: DumpStore, access: StoreAccess): DeletingPod {
    // A dump that is not signed may be of another age than its manifest says.
    const { signature } = store.access.backup;
    const { environment, ...program } = storeContainer(store.image, { ...access, signature }, "retain");
    const keepDays = { KEEP_DAYS: JSON.stringify(store.keepDays) };
    const { namespace } = this.args;
    return { ...program, environment: { ...environment, ...keepDays }, namespace, files: [this.programs] };
  }

  /**
   * Name of the dump's file. It says the proof, and whether the dump is signed: one that was only read, or is of a time
   * before the key, is not taken for a restored and signed one.
   */
  private get fileName(): pulumi.Output<string> {
    const { deployment, trigger, proof, store } = this.args;
    const signed = store?.access.backup.signature ? "-signed" : "";
    return pulumi.interpolate`${deployment}-${trigger}-${proof}${signed}`;
  }

  private taking(fileName?: pulumi.Input<string>): Before {
    return scriptContainer(this.args, ["sh", "/runsheet/dump.sh", ...(fileName === undefined ? [] : [fileName])]);
  }

  private pod(container: ContainerArgs, ...volumes: readonly Mount[]): PodArgs {
    return dumpPod(this.args, container, [this.programs, this.args.project], volumes);
  }
}
