import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Archive, type Archiving } from "./archive";
import type { Environment } from "../kubernetes/environment";
import type { ServerDescription, ServersRollout } from "../workload/in-pod/servers";
import { spreadOver } from "../kubernetes/spread";
import {
  findLogin,
  loginName,
  loginSecret,
  superuserSecret,
  type DatabaseArgs,
  type Login,
  type Postgres,
  type Role,
} from "./database";
import { majorOf } from "./image";
import { localeOf } from "./locale";
import { hibernation } from "./names";
import { podMonitor } from "./pod-monitor";
import { pooler, poolerName, type Pooler } from "./pooler";
import { recoveryOf, restoredCluster, type Recovery } from "./recovery";
import { defaultStorage, serverSpec, type ServerArgs } from "./server";
import { requirements, sizedParameters } from "./sizing";

export interface CloudNativePostgresArgs extends ServerArgs {
  /** The operator, where the stack installs it. Default: the cluster has it. */
  readonly operator?: pulumi.Resource;
  /** Images of the containers that the operator and its plugin add to the servers. Default: the cluster's business. */
  readonly operatorImages?: { readonly operator: string; readonly sidecar: string };
  /** Servers: one primary, the others replicas. Default: 1. */
  readonly instances?: number;
  /** Default: the cluster's own. */
  readonly priorityClass?: string;
  /** What stands between applications and the servers. Its owner, migrations and dumps go past it. Default: nothing. */
  readonly pooler?: Pooler;
  /** Whether the cluster's Prometheus operator reads its metrics. Default: false. */
  readonly podMonitor?: boolean;
  /** PostgreSQL's own settings. Default: what follows from the sizes (sizing.ts), else PostgreSQL's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Default: nothing is archived. */
  readonly archiving?: Archiving;
  /** What its archive calls it already. Default: it is new to the archive, or the state knows. */
  readonly server?: string;
  /** What it is brought back from. Default: it begins empty. What has begun does not begin again. */
  readonly recovery?: Recovery;
  /** How long it may take until it is there the first time, in seconds. Default: 900. */
  readonly deadlineSeconds?: number;
  /** Whether it has begun already: with what, is no longer looked at. Default: false. */
  readonly begun?: boolean;
  /** Whether its servers are stopped, and only its volumes kept. Default: false. */
  readonly stopped?: boolean;
}

/** PostgreSQL in Kubernetes, run by the CloudNativePG operator. */
export class CloudNativePostgres extends pulumi.ComponentResource implements Postgres {
  readonly identity: pulumi.Output<string>;
  readonly server?: pulumi.Output<string>;
  readonly rollout: pulumi.Output<ServersRollout>;
  readonly scratch?: (name: string) => pulumi.Output<object>;
  readonly owner: Login;
  readonly roles: readonly string[];
  readonly superuser: Environment;
  private readonly logins: ReadonlyMap<string, Login>;

  constructor(
    name: string,
    database: DatabaseArgs,
    args: CloudNativePostgresArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:CloudNativePostgres", name, {}, opts);
    const { namespace } = database;
    const owner: Role = { name: database.database, login: true };
    const host = pulumi.interpolate`${name}-rw.${namespace}`;
    const login = (role: Role): Login => {
      const secretName = loginName(name, role.name);
      const password = new random.RandomPassword(secretName, { length: 32, special: false }, { parent: this }).result;
      const pooler = args.pooler && role !== owner ? pulumi.interpolate`${poolerName(name)}.${namespace}` : undefined;
      const connection = { host, port: 5432, database: database.database, username: role.name, password, pooler };
      return loginSecret(secretName, namespace, connection, { parent: this });
    };
    const roles = [owner, ...database.roles];
    this.roles = roles.map((role) => role.name);
    this.logins = new Map(roles.filter((role) => role.login).map((role) => [role.name, login(role)]));
    this.owner = this.login(owner.name);
    const administrator = { secret: superuserSecret(name) };
    this.superuser = {
      ...this.owner.environment(),
      PGUSER: { ...administrator, key: "username" },
      PGPASSWORD: { ...administrator, key: "password" },
    };

    const archive =
      args.archiving &&
      new Archive(
        name,
        { ...args.archiving, server: args.server, namespace, operator: args.operator },
        { parent: this },
      );
    const instances = args.instances ?? 1;
    const { storage = defaultStorage, walStorage, resources } = args;
    const sized = sizedParameters({ instances, storage, walStorage, resources, archived: archive !== undefined });
    const parameters = { ...archive?.parameters, ...sized, ...args.parameters };
    // CloudNativePG itself keeps servers apart by their nodes, where there are enough.
    const topologyKeys = instances > 1 ? ["topology.kubernetes.io/zone"] : [];
    const failover = instances > 1 ? failoverOf(instances) : {};
    const cluster = new CustomResource(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: {
          name,
          namespace,
          annotations: {
            "pulumi.com/waitFor": JSON.stringify(
              args.stopped ? [`condition=${hibernation}`] : waitFor(database.roles, instances),
            ),
            [hibernation]: args.stopped ? "on" : "off",
          },
        },
        spec: {
          ...serverSpec(args),
          instances,
          // Dumps are taken and restored by it: the owner cannot read all that a database may hold.
          enableSuperuserAccess: true,
          postgresql: { parameters: { ...failover.parameters, ...parameters }, synchronous: failover.synchronous },
          primaryLease: failover.primaryLease,
          plugins: archive?.plugins,
          // Once it has begun, with what is its own business: also where it is not in the stack's state any more.
          ...(args.begun ? {} : this.beginning(args, database.database, archive)),
          managed: { roles: database.roles.map((role) => this.managedRole(role)) },
          // Waiting for connections to end by themselves is lost time: the services' pools never end theirs.
          smartShutdownTimeout: 10,
          enablePDB: instances > 1,
          topologySpreadConstraints:
            topologyKeys.length > 0
              ? topologyKeys.map((key) => spreadOver(key, { "cnpg.io/cluster": name }))
              : undefined,
          priorityClassName: args.priorityClass,
        },
      },
      {
        parent: this,
        dependsOn: args.operator ?? [],
        customTimeouts: { create: `${args.deadlineSeconds ?? 900}s`, update: "30m" },
        ignoreChanges: args.begun ? ["spec.bootstrap", "spec.externalClusters"] : [],
      },
    );
    if (database.extensions?.length) {
      new CustomResource(
        `${name}-database`,
        {
          apiVersion: "postgresql.cnpg.io/v1",
          kind: "Database",
          metadata: {
            name,
            namespace,
            annotations: { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" },
            ownerReferences: [
              { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name, uid: cluster.metadata.uid },
            ],
          },
          spec: {
            cluster: { name },
            name: database.database,
            owner: owner.name,
            extensions: database.extensions.map((extension) => ({ name: extension })),
          },
        },
        // A database that is stopped has nobody who would take its finalizer off: it goes with its Cluster, and only so.
        { parent: this, dependsOn: cluster, deletedWith: cluster },
      );
    }
    archive?.schedules(cluster, args.stopped ?? false);
    if (args.pooler && !args.stopped) pooler(name, namespace, args.pooler, { parent: this, dependsOn: cluster });
    if (args.podMonitor && !args.stopped) podMonitor(name, namespace, { parent: this, dependsOn: cluster });
    this.server = archive?.server;
    this.scratch =
      archive &&
      ((name) =>
        restoredCluster(name, {
          server: args,
          parameters,
          recovery: { server: archive.server, point: "latest" },
          application: { objectStore: archive.objectStore, ...this.application(database.database) },
        }));
    this.rollout = pulumi.output({ cluster: name, instances, server: serverOf(args, topologyKeys) });
    this.identity = cluster.metadata.uid;
    this.registerOutputs({});
  }

  login(role: string): Login {
    return findLogin(this.logins, role);
  }

  /** An empty database, or what another one has archived; in either case its owner has the password of this one. */
  private beginning({ image, recovery }: CloudNativePostgresArgs, database: string, archive: Archive | undefined) {
    const application = this.application(database);
    if (!recovery) {
      // With checksums a page that the disk has damaged is an error, and not an answer.
      const initdb = { ...application, dataChecksums: true, encoding: "UTF8", ...localeOf(majorOf(image) ?? 0) };
      return { bootstrap: { initdb } };
    }
    if (!archive) throw new Error(`the database ${database} cannot be brought back: the stack has no archive`);
    return recoveryOf(recovery, { objectStore: archive.objectStore, ...application });
  }

  private application(database: string) {
    return { database, owner: database, secret: { name: this.owner.secret } };
  }

  private managedRole(role: Role): Record<string, unknown> {
    return {
      name: role.name,
      ensure: "present",
      login: role.login ?? false,
      inherit: true,
      inRoles: role.memberOf ?? [],
      ...(role.login ? { passwordSecret: { name: this.login(role.name).secret } } : {}),
    };
  }
}

/** What the operator makes of the specification of a server, as far as it makes it start again. */
const serverOf = (
  { image, operatorImages, archiving, resources, walStorage }: CloudNativePostgresArgs,
  topologyKeys: readonly string[],
): ServerDescription => ({
  images: {
    postgres: image,
    ...(operatorImages && { "bootstrap-controller": operatorImages.operator }),
    ...(operatorImages && archiving && { "plugin-barman-cloud": operatorImages.sidecar }),
  },
  ...(resources && { resources: requirements(resources) }),
  ...(topologyKeys.length > 0 && { topologyKeys }),
  ...(walStorage && { walVolume: true }),
});

/** What the Cluster has for a failover, beyond its replicas. */
interface Failover {
  readonly synchronous?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly primaryLease?: Readonly<Record<string, number>>;
}

/**
 * What is acknowledged is on a replica as well, so that a failover loses nothing. Of three servers any one may be gone; of two,
 * writes go on without the other. A replica takes over when it saw no sign of the primary for the lease's time, and the others
 * look for the new one every second: together with the default 15 s and 5 s it took a minute.
 */
const failoverOf = (instances: number): Failover => ({
  synchronous:
    instances === 2
      ? { method: "any", number: 1, dataDurability: "preferred" }
      : { method: "any", number: 1, failoverQuorum: true },
  parameters: { wal_retrieve_retry_interval: "1s" },
  primaryLease: { leaseDurationSeconds: 6, renewDeadlineSeconds: 4, retryPeriodSeconds: 1 },
});

/**
 * The cluster is ready when all its servers are, also one that was added, and the last of its roles is there: what follows grants
 * rights to them.
 */
function waitFor(roles: readonly Role[], instances: number): string[] {
  const last = `{.status.managedRolesStatus.byStatus.reconciled[${roles.length - 1}]}`;
  return [
    "condition=Ready",
    `jsonpath={.status.readyInstances}=${instances}`,
    ...(roles.length > 0 ? [`jsonpath=${last}`] : []),
  ];
}
