import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import { changeId } from "../identity/generation";
import { contentHash } from "../identity/hash";
import { storeKeys, type BackupAccess, type StoreAccess } from "../object-store";
import { Schedule, type ScheduleArgs } from "../kubernetes/schedule";
import { barmanPlugin } from "./names";

/** What both the log and base backups can be compressed with. lz4 is the quickest: what is restored is waited for. */
export const compressions = ["lz4", "gzip", "bzip2", "snappy"] as const;

/** How the log is archived. */
export interface WalArchiving {
  readonly compression: (typeof compressions)[number];
  /**
   * How many segments at the same time. Each is a Python program, and a replica looks for some before it takes over: another one's download
   * slows it. More than one is for a database that writes more than one such program takes away.
   */
  readonly maxParallel: number;
}

/** How a database is archived, so that it can be brought back to any moment. */
export interface Archiving {
  /** The part of a store that is this database's alone. */
  readonly access: BackupAccess;
  /** The image with Barman's programs. */
  readonly image: string;
  /** When base backups are taken, in cron's five fields and UTC. */
  readonly baseBackups: string;
  /** Backups that are older than this many days are removed, with the log before them, as long as a later one is there. */
  readonly retentionDays: number;
  /** Default: lz4, one segment at a time. */
  readonly wal?: WalArchiving;
  /** The place to which the archive moves with this `up`: a base backup is taken there at once. Default: it stays. */
  readonly movesTo?: string;
}

export interface ArchiveArgs extends Archiving {
  /** What the archive calls the database already, as the outputs have it: they may outlive the state. Default: a new name. */
  readonly server?: string;
  readonly namespace: pulumi.Input<string>;
  /** The operator, where the stack installs it. Default: the cluster has it. */
  readonly operator?: pulumi.Resource;
}

/** How a base backup is taken. */
const pluginBackup = {
  method: "plugin",
  // On a replica the end of a backup switches no segment of the log: while nobody writes, the backup cannot be restored
  // (cloudnative-pg/plugin-barman-cloud#652).
  target: "primary",
  pluginConfiguration: { name: barmanPlugin },
};

/** When what is older is deleted, in UTC. */
const retentionCron = "45 0 * * *";

/** The plugin beside PostgreSQL looks after 10 s whether its store is another one. */
const noticedMilliseconds = 15_000;

/** How long what was written may wait until it is in the archive, in seconds: a part of the RPO. */
const timeoutSeconds = 60;

/**
 * Where a PostgreSQL of CloudNativePG archives its write-ahead log and its base backups: from both it can be brought back to
 * any moment. They lie under the name of one server, which is new for each database: PostgreSQL refuses to archive over
 * what another one has left.
 */
export class Archive extends pulumi.ComponentResource {
  /** What the Cluster's specification says of it. */
  readonly plugins: readonly Readonly<Record<string, unknown>>[];
  /** PostgreSQL's own settings for it. */
  readonly parameters: Readonly<Record<string, string>> = { archive_timeout: `${timeoutSeconds}s` };
  /** What the archive calls the database. */
  readonly server: pulumi.Output<string>;
  /** Where it lies, for who brings a database back from it. */
  readonly objectStore: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: ArchiveArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Archive", name, {}, opts);
    const { namespace, operator, access, wal = { compression: "lz4", maxParallel: 1 } } = args;
    const { compression, maxParallel } = wal;
    const { secret, endpoint, encryption } = access.backup;
    const key = (of: keyof typeof storeKeys) => ({ name: secret, key: storeKeys[of] });
    const objectStore = new CustomResource(
      name,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { name, namespace },
        spec: {
          configuration: {
            destinationPath: pathOf(access.backup),
            endpointURL: endpoint,
            s3Credentials: {
              accessKeyId: key("accessKeyId"),
              secretAccessKey: key("secretAccessKey"),
              region: key("region"),
            },
            wal: { compression, encryption, maxParallel },
            data: { compression, jobs: 2, encryption },
          },
          instanceSidecarConfiguration: { resources: { requests: { cpu: "10m", memory: "64Mi" } } },
        },
      },
      { parent: this, dependsOn: operator ?? [] },
    );
    const made = pulumi.interpolate`${name}-${changeId(`${name}-server`, {}, { parent: this })}`;
    this.server = args.server === undefined ? made : pulumi.output(args.server);
    this.objectStore = objectStore.metadata.name;
    const parameters = { barmanObjectName: this.objectStore, serverName: this.server };
    this.plugins = [{ name: barmanPlugin, isWALArchiver: true, parameters }];
    this.registerOutputs({});
  }

  /**
   * Takes base backups of the cluster, one now and then as often as the arguments say, none of one that is stopped; and
   * deletes what is due.
   */
  schedules(cluster: CustomResource, stopped: boolean): void {
    const { namespace, baseBackups } = this.args;
    const opts = { parent: this, dependsOn: cluster };
    new CustomResource(
      `${this.name}-base-backups`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: { name: this.name, namespace },
        spec: {
          // The operator counts seconds, too.
          schedule: `0 ${baseBackups}`,
          immediate: true,
          suspend: stopped,
          cluster: { name: cluster.metadata.name },
          ...pluginBackup,
          backupOwnerReference: "self",
        },
      },
      opts,
    );
    const { movesTo } = this.args;
    if (movesTo !== undefined && !stopped) this.baseBackupIn(movesTo, cluster, opts);
    // Not by the plugin, which would delete with the keys that it archives with.
    new Schedule(`${this.name}-archive-retention`, this.retention(), opts);
  }

  /** A base backup in the new place. The schedule's first was taken when the database was new. */
  private baseBackupIn(place: string, cluster: CustomResource, opts: pulumi.CustomResourceOptions): void {
    const noticed = cluster.metadata.name.apply(async (name) => {
      if (!pulumi.runtime.isDryRun()) await sleep(noticedMilliseconds);
      return name;
    });
    new CustomResource(
      `${this.name}-moved`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Backup",
        metadata: { name: `${this.name}-moved-${contentHash(place)}`, namespace: this.args.namespace },
        spec: { cluster: { name: noticed }, ...pluginBackup },
      },
      opts,
    );
  }

  /** Barman deletes the base backups that are older, and the log before them; never the last backup. */
  private retention(): ScheduleArgs {
    const { namespace, image, retentionDays, access } = this.args;
    const { secret, endpoint } = access.retention;
    return {
      namespace,
      image,
      user: 26,
      command: [
        ...["barman-cloud-backup-delete", "--cloud-provider", "aws-s3", "--endpoint-url", endpoint],
        ...["--retention-policy", `RECOVERY WINDOW OF ${retentionDays} DAYS`, pathOf(access.retention), this.server],
      ],
      environment: {
        AWS_ACCESS_KEY_ID: { secret, key: storeKeys.accessKeyId },
        AWS_SECRET_ACCESS_KEY: { secret, key: storeKeys.secretAccessKey },
        AWS_DEFAULT_REGION: { secret, key: storeKeys.region },
      },
      cron: retentionCron,
    };
  }
}

const pathOf = ({ bucket, folder }: StoreAccess) => `s3://${bucket}/${folder}`;
