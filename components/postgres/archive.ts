import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { changeId } from "../change-id";
import { storeKeys, type BackupAccess, type StoreAccess } from "../object-store";
import { Schedule } from "../schedule";

export interface ArchiveArgs {
  readonly namespace: pulumi.Input<string>;
  /** The part of a store that is this database's alone. */
  readonly access: BackupAccess;
  /** The image with Barman's programs. */
  readonly image: string;
  /** Backups that are older than this many days are removed, with the log before them, as long as a later one is there. */
  readonly retentionDays: number;
  /** The operator, where the stack installs it. Default: the cluster has it. */
  readonly operator?: pulumi.Resource;
}

/** The plugin of CloudNativePG that archives. */
const plugin = "barman-cloud.cloudnative-pg.io";

/** When what is older is deleted, in UTC. */
const retentionCron = "45 0 * * *";

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

  constructor(
    name: string,
    { namespace, access, image, retentionDays, operator }: ArchiveArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Archive", name, {}, opts);
    const { backup, retention } = access;
    const key = (of: keyof typeof storeKeys) => ({ name: backup.secret, key: storeKeys[of] });
    const { encryption } = backup;
    const objectStore = new CustomResource(
      name,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { name, namespace },
        spec: {
          configuration: {
            destinationPath: pathOf(backup),
            endpointURL: backup.endpoint,
            s3Credentials: {
              accessKeyId: key("accessKeyId"),
              secretAccessKey: key("secretAccessKey"),
              region: key("region"),
            },
            wal: { compression: "gzip", maxParallel: 4, encryption },
            data: { compression: "gzip", jobs: 2, encryption },
          },
          instanceSidecarConfiguration: { resources: { requests: { cpu: "10m", memory: "64Mi" } } },
        },
      },
      { parent: this, dependsOn: operator ?? [] },
    );
    const server = pulumi.interpolate`${name}-${changeId(`${name}-server`, {}, { parent: this })}`;
    // Not by the plugin, which would delete with the keys that it archives with.
    new Schedule(
      `${name}-archive-retention`,
      {
        namespace,
        image,
        user: 26,
        command: deletion(retention, server, retentionDays),
        environment: {
          AWS_ACCESS_KEY_ID: { secret: retention.secret, key: storeKeys.accessKeyId },
          AWS_SECRET_ACCESS_KEY: { secret: retention.secret, key: storeKeys.secretAccessKey },
          AWS_DEFAULT_REGION: { secret: retention.secret, key: storeKeys.region },
        },
        cron: retentionCron,
      },
      { parent: this },
    );
    this.plugins = [
      {
        name: plugin,
        isWALArchiver: true,
        parameters: { barmanObjectName: objectStore.metadata.name, serverName: server },
      },
    ];
    this.registerOutputs({});
  }
}

const pathOf = ({ bucket, folder }: StoreAccess) => `s3://${bucket}/${folder}`;

/** Barman's command that deletes the base backups that are older, and the log before them; never the last backup. */
const deletion = (store: StoreAccess, server: pulumi.Output<string>, days: number): pulumi.Input<string>[] => [
  ...["barman-cloud-backup-delete", "--cloud-provider", "aws-s3", "--endpoint-url", store.endpoint],
  ...["--retention-policy", `RECOVERY WINDOW OF ${days} DAYS`, pathOf(store), server],
];

/** Base backups of a cluster: one now, and then as `cron` says, in UTC. */
export function baseBackups(
  name: string,
  namespace: pulumi.Input<string>,
  cluster: CustomResource,
  cron: string,
  parent: pulumi.Resource,
): void {
  new CustomResource(
    `${name}-base-backups`,
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ScheduledBackup",
      metadata: { name, namespace },
      spec: {
        // The operator counts seconds, too.
        schedule: `0 ${cron}`,
        immediate: true,
        cluster: { name: cluster.metadata.name },
        method: "plugin",
        pluginConfiguration: { name: plugin },
        backupOwnerReference: "self",
      },
    },
    { parent, dependsOn: cluster },
  );
}
