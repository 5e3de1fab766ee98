import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { changeId } from "../change-id";
import { storeKeys, type StoreAccess } from "../object-store";

export interface ArchiveArgs {
  readonly namespace: pulumi.Input<string>;
  readonly store: StoreAccess;
  /** Backups that are older than this many days are removed, with the log before them, as long as a later one is there. */
  readonly retentionDays: number;
  /** The operator, where the stack installs it. Default: the cluster has it. */
  readonly operator?: pulumi.Resource;
}

/** The plugin of CloudNativePG that archives. */
const plugin = "barman-cloud.cloudnative-pg.io";

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
    { namespace, store, retentionDays, operator }: ArchiveArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Archive", name, {}, opts);
    const key = (of: keyof typeof storeKeys) => ({ name: store.secret, key: storeKeys[of] });
    const objectStore = new CustomResource(
      name,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { name, namespace },
        spec: {
          configuration: {
            destinationPath: `s3://${store.bucket}/${store.folder}/archive`,
            endpointURL: store.endpoint,
            s3Credentials: {
              accessKeyId: key("accessKeyId"),
              secretAccessKey: key("secretAccessKey"),
              region: key("region"),
            },
            wal: { compression: "gzip", maxParallel: 4 },
            data: { compression: "gzip", jobs: 2 },
          },
          retentionPolicy: `${retentionDays}d`,
          instanceSidecarConfiguration: { resources: { requests: { cpu: "10m", memory: "64Mi" } } },
        },
      },
      { parent: this, dependsOn: operator ?? [] },
    );
    const server = pulumi.interpolate`${name}-${changeId(`${name}-server`, {}, { parent: this })}`;
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
