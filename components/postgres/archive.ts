import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import { changeId } from "../identity/generation";
import { contentHash } from "../identity/hash";
import { storeAuthority, storeKeys, type BackupAccess, type StoreAccess } from "../object-store";
import { Schedule } from "../kubernetes/schedule";
import { barmanPlugin } from "./names";
import { afterRestores, type DeletingPod } from "./retention";

/** Compressions of both WAL and base backups. lz4 restores fastest. */
export const compressions = ["lz4", "gzip", "bzip2", "snappy"] as const;

/** Archiving of the write-ahead log (WAL). */
export interface WalArchiving {
  readonly compression: (typeof compressions)[number];
  /**
   * Number of segments to archive or fetch at the same time. Each is a Python program, and concurrent downloads slow
   * down a replica that takes over. Raise it for a database that writes WAL faster than one program archives it.
   */
  readonly maxParallel: number;
}

/** Archiving of a database, for point-in-time recovery. */
export interface Archiving {
  /** Access to the database's own folder of the store. */
  readonly access: BackupAccess;
  /** Image with Barman's programs. */
  readonly image: string;
  /** Stock Node.js image, with which the retention waits for restores. */
  readonly node: string;
  /** Schedule of the base backups, in cron's five fields, in UTC. */
  readonly baseBackups: string;
  /** Retention in days. Older base backups and the WAL before them are deleted if a later base backup exists. */
  readonly retentionDays: number;
  /** Default: lz4, one segment at a time. */
  readonly wal?: WalArchiving;
  /** New location of the archive: a base backup is taken there at once. Default: the location stays. */
  readonly movesTo?: string;
}

export interface ArchiveArgs extends Archiving {
  /** Existing server name in the archive, from the outputs, which may outlive the state. Default: a new name. */
  readonly server?: string;
  readonly namespace: pulumi.Input<string>;
  /** Operator that the stack installs. Default: none. The cluster has one. */
  readonly operator?: pulumi.Resource;
}

/** Method of a base backup. */
const pluginBackup = {
  method: "plugin",
  // On a replica the end of a backup switches no WAL segment. Without writes the backup could then not be restored
  // (cloudnative-pg/plugin-barman-cloud#652).
  target: "primary",
  pluginConfiguration: { name: barmanPlugin },
};

/** Schedule of the retention, in UTC. */
const retentionCron = "45 0 * * *";

/** Time until the plugin uses a changed ObjectStore, in milliseconds. It checks every 10 s. */
const noticedMilliseconds = 15_000;

/** Longest time until a write is archived, in seconds: a part of the recovery point objective (RPO). */
const timeoutSeconds = 60;

/**
 * Archive of a CloudNativePG database: its WAL and base backups, for point-in-time recovery.
 *
 * Each database has a server name of its own in the archive, for PostgreSQL refuses to archive over the WAL of another
 * one.
 */
export class Archive extends pulumi.ComponentResource {
  /** Plugins of the Cluster's specification. */
  readonly plugins: readonly Readonly<Record<string, unknown>>[];
  /** PostgreSQL settings for archiving. */
  readonly parameters: Readonly<Record<string, string>> = { archive_timeout: `${timeoutSeconds}s` };
  /** Server name in the archive. */
  readonly server: pulumi.Output<string>;
  /** Name of the ObjectStore, for restoring from the archive. */
  readonly objectStore: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: ArchiveArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Archive", name, {}, opts);
    const { namespace, operator, access, wal = { compression: "lz4", maxParallel: 1 } } = args;
    const { compression, maxParallel } = wal;
    const { secret, endpoint, encryption, hasCa } = access.backup;
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
            endpointCA: hasCa ? key("ca") : undefined,
            s3Credentials: {
              accessKeyId: key("accessKeyId"),
              secretAccessKey: key("secretAccessKey"),
              region: key("region"),
            },
            wal: { compression, encryption, maxParallel },
            data: { compression, jobs: 2, encryption },
          },
          // No limit of the node's disk: Kubernetes would count all that the pod writes there, also the server's.
          instanceSidecarConfiguration: {
            resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "1Gi" } },
          },
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
   * Declares the schedules: base backups, the first of them now and none while the cluster is stopped, and the
   * retention.
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
          // The operator's cron has a field for seconds.
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
    // The plugin's own retention would delete with the keys that archive.
    const { retention } = this.args.access;
    if (!retention) return;
    const name = `${this.name}-archive-retention`;
    const pod = { ...this.retention(retention), node: this.args.node, cron: retentionCron };
    new Schedule(name, afterRestores(name, pod, { parent: this }), opts);
  }

  /** Takes a base backup in the new location. The schedule takes its first one only for a new database. */
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

  /** Declares a pod that deletes older base backups and the WAL before them. Barman keeps the last base backup. */
  private retention(access: StoreAccess): DeletingPod {
    const { namespace, image, retentionDays } = this.args;
    const { secret, endpoint } = access;
    return {
      namespace,
      image,
      user: 26,
      command: [
        ...["barman-cloud-backup-delete", "--cloud-provider", "aws-s3", "--endpoint-url", endpoint],
        ...["--retention-policy", `RECOVERY WINDOW OF ${retentionDays} DAYS`, pathOf(access), this.server],
      ],
      environment: {
        AWS_ACCESS_KEY_ID: { secret, key: storeKeys.accessKeyId },
        AWS_SECRET_ACCESS_KEY: { secret, key: storeKeys.secretAccessKey },
        AWS_DEFAULT_REGION: { secret, key: storeKeys.region },
        ...storeAuthority("AWS_CA_BUNDLE", access),
      },
    };
  }
}

const pathOf = ({ bucket, folder }: StoreAccess) => `s3://${bucket}/${folder}`;
