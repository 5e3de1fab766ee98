import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../kubernetes/bundle";
import { MountedFiles } from "../kubernetes/mounted-files";
import { projectFiles, readPlan } from "../migrations";
import { storeEnvironment, type BackupAccess, type StoreAccess } from "../object-store";
import type { Before } from "../kubernetes/init-containers";
import type { ContainerArgs } from "../kubernetes/container";
import type { Mount, PodArgs } from "../kubernetes/pod";
import type { Postgres } from "../postgres";
import { mebibytes } from "../kubernetes/quantity";
import { Schedule } from "../kubernetes/schedule";
import { Task } from "../kubernetes/task";
import type { KeepDays, Tier } from "./tiers";

export type { KeepDays } from "./tiers";

/** Where the dumps of a database are kept that have been verified, and for how long. */
export interface DumpStore {
  readonly access: BackupAccess;
  /** A stock Node.js image. */
  readonly image: string;
  readonly keepDays: KeepDays;
  /** When a dump is taken whatever else happens, in cron's five fields and UTC. */
  readonly cron: string;
}

/** Proofs after which a dump counts: it was restored into a scratch server and verified there, or read whole. */
export const proofs = ["restore", "read"] as const;

export interface DumpsArgs {
  readonly namespace: pulumi.Input<string>;
  /** The image with PostgreSQL's server, pg_dump and pg_restore, not older than the database's server. */
  readonly image: string;
  readonly database: Postgres;
  /** Default: the dumps before migrations stay on a volume of the cluster, and there are no others. */
  readonly store?: DumpStore;
  /** The Sqitch project, whose verify scripts a restored dump has to pass. */
  readonly project: string;
  /** For the dumps' manifests. */
  readonly system: string;
  readonly release: string;
  /** Room for one dump, and without a store for all. */
  readonly storage: string;
  /** A dump that takes longer than this many seconds is ended, and failed. */
  readonly deadlineSeconds: number;
  readonly proof: (typeof proofs)[number];
  /** Room for the server that a dump is restored into. */
  readonly scratch: string;
  /** Class of a volume for it, which goes with the pod. Default: the room is on the node's own disk. */
  readonly scratchClass?: string;
  /** Whether the volume can be deleted only after `pulumi state unprotect`. */
  readonly protect: boolean;
  /** What the dump before the migrations saves: the names of all of one deployment begin with it. */
  readonly deployment: pulumi.Input<string>;
  /** What makes a new dump before the migrations due. Its name ends with it: one that is there is never overwritten. */
  readonly trigger: pulumi.Input<string>;
  /** All changes that the migrations deploy, in their order. */
  readonly changes: readonly string[];
}

const script = (name: string) => readFileSync(join(__dirname, "in-pod", name), "utf8");
const restoring = ["restore.sh", "tables.sql"] as const;
const files = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, script(name)]));
/** The script that restores a dump, wherever that is done: the proof of a dump does the same as its restore. */
export const restoreScript = () => files(restoring);
/** The user of PostgreSQL's images: a server starts only as a user that its system knows. */
const postgresUser = 26;
/** What stores a dump. */
const storing = () => ({ "store.cjs": bundle("components/backups/in-pod/store.ts") });

/** Before the time of the nightly dump, when nothing else runs. */
const retentionCron = "30 0 * * *";

/**
 * The dumps of a database: one before the migrations, and with a store others by the clock. Each is proven before it counts:
 * read back whole, its checksum taken, every table of the database found in it, and with the proof `restore` restored into a
 * server of its own, where the verify scripts run and every table has the rows of the dump's snapshot. In the store it is read
 * back once more, and its manifest is written last.
 *
 * Where the database is archived, the store has one of the same deployment and no change is due, another one would save
 * nothing: after a restore nobody waits for it.
 */
export class Dumps extends pulumi.ComponentResource {
  private readonly programs: MountedFiles;
  private readonly project: MountedFiles;

  constructor(
    private readonly name: string,
    private readonly args: DumpsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Dumps", name, {}, opts);
    const { namespace, store, deadlineSeconds, deployment, trigger, database } = args;
    const programs = { ...files(["dump.sh", "prove.sh", "rows.sql", ...restoring]), ...(store && storing()) };
    this.programs = MountedFiles.pinned(`${name}-files`, namespace, programs, { parent: this });
    this.project = projectFiles(name, args, this);
    new Task(
      name,
      {
        ...(store ? this.beforeMigration(store) : this.onVolume()),
        trigger: [database.identity, deployment, trigger],
        deadlineSeconds,
      },
      { parent: this },
    );
    if (store) {
      new Schedule(
        `${name}-scheduled`,
        { ...this.stored(store, "scheduled", this.taking()), cron: store.cron, deadlineSeconds },
        { parent: this },
      );
      new Schedule(`${name}-retention`, { ...this.retention(store), cron: retentionCron }, { parent: this });
    }
    this.registerOutputs({});
  }

  /** A pod that takes a dump onto a volume. */
  private onVolume(): PodArgs {
    const { namespace, storage, protect } = this.args;
    const volume = new PersistentVolumeClaim(
      this.name,
      {
        // The volume is bound when the first dump uses it, so nothing can be waited for here.
        metadata: { name: this.name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
      },
      { parent: this, protect },
    );
    return this.pod(this.taking(this.fileName), { claim: volume.metadata.name, path: "/dumps" });
  }

  /** A pod that takes a dump and stores it, unless one of the same deployment has saved the same. */
  private beforeMigration(store: DumpStore): PodArgs {
    const { database, deployment, changes, proof } = this.args;
    const { environment, ...take } = this.taking(this.fileName);
    const taking = { ...take, environment: { ...environment, CHANGES: changes.join("\n") } };
    // A database that is archived nowhere has nothing but its dumps.
    const find = this.storing(store.image, store.access.backup, "find", deployment);
    const finding = database.server ? [{ ...find, environment: { ...find.environment, PROOF: proof } }] : [];
    return this.stored(store, "before-migration", ...finding, taking);
  }

  /** A pod that stores the dump that was taken before. */
  private stored(store: DumpStore, tier: Tier | "scheduled", ...before: readonly Before[]): PodArgs {
    const room: Mount = { scratch: this.args.storage, path: "/dumps" };
    return { ...this.pod(this.storing(store.image, store.access.backup, "put", tier), room), before };
  }

  /** A pod that deletes the dumps whose time is over. */
  private retention(store: DumpStore): PodArgs {
    const { environment, ...program } = this.storing(store.image, store.access.retention, "retain");
    const keepDays = { KEEP_DAYS: JSON.stringify(store.keepDays) };
    const { namespace } = this.args;
    return { ...program, environment: { ...environment, ...keepDays }, namespace, files: [this.programs] };
  }

  /** With the proof: a dump that was only read does not stand in the way of one that is to be restored. */
  private get fileName(): pulumi.Output<string> {
    const { deployment, trigger, proof } = this.args;
    return pulumi.interpolate`${deployment}-${trigger}-${proof}`;
  }

  private taking(fileName?: pulumi.Input<string>): Before {
    const { image, database, system, release, proof, project } = this.args;
    return {
      image,
      command: ["sh", "/runsheet/dump.sh", ...(fileName === undefined ? [] : [fileName])],
      environment: {
        ...(database.superuser ?? database.owner.environment()),
        ...database.owner.names(),
        ROLES: database.roles.join(" "),
        SYSTEM: system,
        RELEASE: release,
        PROJECT: readPlan(project).project,
        PROOF: proof,
      },
    };
  }

  private storing(image: string, access: StoreAccess, ...command: readonly pulumi.Input<string>[]): Before {
    return { image, command: ["node", "/runsheet/store.cjs", ...command], environment: storeEnvironment(access) };
  }

  private pod(container: ContainerArgs, ...volumes: readonly Mount[]): PodArgs {
    const { namespace, storage, scratch, scratchClass, proof } = this.args;
    const path = "/scratch";
    const room: Mount = scratchClass ? { ephemeral: scratch, storageClass: scratchClass, path } : { scratch, path };
    const proving = proof === "restore";
    // Asked for, so that the pod comes to a node that has the room: a full disk of a node ends others' pods, too.
    const onNode = mebibytes(storage) + (proving && !scratchClass ? mebibytes(scratch) : 0);
    return {
      ...container,
      namespace,
      files: [this.programs, this.project],
      volumes: proving ? [...volumes, room] : volumes,
      user: postgresUser,
      resources: { requests: { cpu: "50m", memory: "256Mi", "ephemeral-storage": `${onNode}Mi` } },
    };
  }
}
