import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { Archive, type Archiving } from "./archive";
import { generatedPassword } from "../identity/passwords";
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
import { inheritsRoles, setMemberships, setsMemberships, type InheritedRoles } from "./memberships";
import { hibernation } from "./names";
import { podMonitor } from "./pod-monitor";
import { pooler, poolerName, type Pooler } from "./pooler";
import { recoveryOf, restoredCluster, type Recovery } from "./recovery";
import { defaultStorage, serverSpec, type ServerArgs } from "./server";
import { requirements, sizedParameters } from "./sizing";

export interface CloudNativePostgresArgs extends ServerArgs, InheritedRoles {
  /** Operator that the stack installs. Default: none. The cluster has one. */
  readonly operator?: pulumi.Resource;
  /** Images of the containers that the operator and its plugin add to the servers. Default: not checked. */
  readonly operatorImages?: { readonly operator: string; readonly sidecar: string };
  /** Number of servers: one primary, the others replicas. Default: 1. */
  readonly instances?: number;
  /** Default: the cluster's default priority class. */
  readonly priorityClass?: string;
  /** Connection pooler for applications. The owner, migrations and dumps connect directly. Default: none. */
  readonly pooler?: Pooler;
  /** Creates a PodMonitor, for the cluster's Prometheus operator. Default: false. */
  readonly podMonitor?: boolean;
  /** PostgreSQL settings. Default: derived from the sizes (sizing.ts), else PostgreSQL's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Archiving of WAL and base backups. Default: none. */
  readonly archiving?: Archiving;
  /** Server name in the archive. Default: a new name, or the state's. */
  readonly server?: string;
  /** Restore source. Default: start empty. Ignored after bootstrap. */
  readonly recovery?: Recovery;
  /** Limit for the first start, in seconds. Default: 900. */
  readonly deadlineSeconds?: number;
  /** Marks a bootstrapped database, whose restore source is ignored. Default: false. */
  readonly begun?: boolean;
  /** Stops the servers and keeps their volumes (hibernation). Default: false. */
  readonly stopped?: boolean;
}

/** PostgreSQL in Kubernetes, managed by the CloudNativePG operator. */
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
      const { value: password, revision } = generatedPassword(secretName, { parent: this });
      const pooler = args.pooler && role !== owner ? pulumi.interpolate`${poolerName(name)}.${namespace}` : undefined;
      const known = { host, port: 5432, database: database.database, username: role.name };
      const connection = { ...known, password, revision, pooler };
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
    // CloudNativePG itself spreads servers over nodes, as far as there are enough.
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
          // Dumps and restores run as superuser: the owner cannot read everything that a database may hold.
          enableSuperuserAccess: true,
          postgresql: { parameters: { ...failover.parameters, ...parameters }, synchronous: failover.synchronous },
          primaryLease: failover.primaryLease,
          plugins: archive?.plugins,
          // A bootstrapped database needs no source, also if it is no longer in the stack's state.
          ...(args.begun ? {} : this.beginning(args, database.database, archive)),
          managed: { roles: database.roles.map((role) => this.managedRole(role, args)) },
          // The services' pools never close their connections, so a longer smart shutdown would only lose time.
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
        // Nothing removes the finalizer of a Database whose Cluster is stopped, so it is deleted with the Cluster only.
        { parent: this, dependsOn: cluster, deletedWith: cluster },
      );
    }
    if (setsMemberships(database) && !args.stopped) {
      const { image } = args;
      const as = { environment: this.superuser, trigger: [cluster.metadata.uid], inheritsRoles: args.inheritsRoles };
      setMemberships(name, database, { image, ...as }, { parent: this, dependsOn: cluster });
    }
    archive?.schedules(cluster, args.stopped ?? false);
    if (args.pooler && !args.stopped) {
      const { imagePullSecrets } = args;
      pooler(name, namespace, { ...args.pooler, imagePullSecrets }, { parent: this, dependsOn: cluster });
    }
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

  /** Returns the bootstrap of an empty database or of a restore. In both cases the owner gets this stack's password. */
  private beginning({ image, recovery }: CloudNativePostgresArgs, database: string, archive: Archive | undefined) {
    const application = this.application(database);
    if (!recovery) {
      // Checksums turn a page that the disk has damaged into an error instead of a wrong answer.
      const initdb = { ...application, dataChecksums: true, encoding: "UTF8", ...localeOf(majorOf(image) ?? 0) };
      return { bootstrap: { initdb } };
    }
    if (!archive)
      throw new Error(`the database ${database} cannot be restored: the stack has no archive, set runsheet:backups`);
    return recoveryOf(recovery, { objectStore: archive.objectStore, ...application });
  }

  private application(database: string) {
    return { database, owner: database, secret: { name: this.owner.secret } };
  }

  private managedRole(role: Role, args: InheritedRoles): Record<string, unknown> {
    return {
      name: role.name,
      ensure: "present",
      login: role.login ?? false,
      inherit: inheritsRoles(role, args),
      inRoles: role.memberOf ?? [],
      ...(role.login ? { passwordSecret: { name: this.login(role.name).secret } } : {}),
    };
  }
}

/** Describes the part of a server's specification that makes the operator restart it when it changes. */
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

/** Settings of a Cluster for failover, besides its replicas. */
interface Failover {
  readonly synchronous?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly primaryLease?: Readonly<Record<string, number>>;
}

/**
 * Settings for a failover without data loss: a commit is acknowledged when a replica has it, too.
 *
 * Three servers tolerate the loss of any one. With two, writes go on without the other. A replica takes over when the
 * primary's lease has expired, and the others look for the new primary every second. With the defaults of 15 s and 5 s
 * that took a minute.
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
 * Lists the conditions to wait for: all servers are ready, also an added one, and the last role exists, for later steps
 * grant rights to the roles.
 */
function waitFor(roles: readonly Role[], instances: number): string[] {
  const last = `{.status.managedRolesStatus.byStatus.reconciled[${roles.length - 1}]}`;
  return [
    "condition=Ready",
    `jsonpath={.status.readyInstances}=${instances}`,
    ...(roles.length > 0 ? [`jsonpath=${last}`] : []),
  ];
}
