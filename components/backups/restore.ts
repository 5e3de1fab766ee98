import * as pulumi from "@pulumi/pulumi";
import { account } from "../kubernetes/service-account";
import { handover, type Before } from "../kubernetes/init-containers";
import { bundle } from "../kubernetes/bundle";
import { restoreScript } from "./dump-pod";
import { MountedFiles, type Files } from "../kubernetes/mounted-files";
import type { Environment } from "../kubernetes/environment";
import { storeEnvironment, within, type StoreAccess } from "../object-store";
import type { Mount } from "../kubernetes/pod";
import { superuserSecret, type Login, type Postgres, type Recovery } from "../postgres";
import { Task } from "../kubernetes/task";
import { scratchDatabase, type ScratchDatabaseArgs } from "./scratch-database";

/** Source of a restore: an archive, or a dump by its name in the store, such as daily/20261127T010000Z. */
export type RestoreSource = Recovery | { readonly dump: string };

export interface RestoreArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** Access to the system's folder of the object store. */
  readonly access: StoreAccess;
  /** Restores a dump although the stack has not signed it. */
  readonly unsigned: boolean;
  /** Size of the node's disk space for the dump, such as "1Gi". */
  readonly storage: string;
  /** Limit for the restore, in seconds. A Job that takes longer is ended and has failed. */
  readonly deadlineSeconds: number;
  /** Key of the configuration that has this limit, which the error names. */
  readonly deadlineKey: string;
  /** Limits by admission policies what its accounts may create and change. Default: false. */
  readonly admissionPolicies?: boolean;
}

const program = (): Files => ({ "restore.cjs": bundle("components/backups/in-pod/restore-program.ts") });

/** Variable with which a program restores a dump that is not signed. */
export const acceptingUnsigned = (unsigned: boolean): Environment => (unsigned ? { UNSIGNED: "accepted" } : {});
const room = (storage: string): Mount => ({ scratch: storage, path: "/dumps" });

/** Live database that is archived. */
export interface LiveDatabase {
  /** Name of its Cluster. */
  readonly name: string;
  readonly owner: Login;
  /** Image with psql. */
  readonly image: string;
}

/** Rehearsal of a restore: the archive is restored beside the live database before that one is stopped. */
export type Rehearsal = Pick<ScratchDatabaseArgs, "cluster" | "verification">;

export interface RestoreCheckArgs extends RestoreArgs {
  /**
   * Live database, which gets a last commit: its archive then reaches every moment before, also when the database is
   * gone. Default: no database is live and archived.
   */
  readonly live?: LiveDatabase;
  /** True if the archive that is restored is the one of `live`. */
  readonly ownArchive: boolean;
  /**
   * Database that the stack does not know and would delete; the check fails if it exists. Default: no such database.
   */
  readonly unknown?: string;
  /** Name of the restored database's Cluster. */
  readonly target: string;
  /** Name of the Cluster that it replaces. */
  readonly replaces?: string;
  /**
   * Rehearsal, for where `replaces` is stopped before `target` is restored. Default: `replaces` is stopped after
   * `target` is verified.
   */
  readonly rehearsal?: Rehearsal;
}

/**
 * Checks that a restore can succeed, before any data is deleted for it.
 *
 * A dump is read whole. An archive must reach the requested point, and is restored beside the live database if that one
 * is stopped first. The check runs in every `up` until the restore is done, for a backup may have been deleted since.
 */
export class RestoreCheck extends Task {
  /** True if the restore is rehearsed, since the replaced database is stopped before its replacement is restored. */
  readonly rehearsed: boolean;

  constructor(
    name: string,
    source: RestoreSource,
    { access, unsigned, storage, live, ownArchive, unknown, target, replaces, rehearsal, ...args }: RestoreCheckArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [folder, ...command] =
      "dump" in source ? ["dumps", "check", source.dump] : ["archive", "archive", source.server, textOf(source)];
    const ofParent = opts?.parent ? { parent: opts.parent } : {};
    const { namespace, image, admissionPolicies } = args;
    // The limit of the rehearsal is the database's alone: before it the archive is waited for, after it the database is
    // verified.
    const deadlineSeconds = args.deadlineSeconds + (rehearsal ? 3600 : 0);
    const scratch =
      rehearsal &&
      scratchDatabase(
        `${name}-rehearsal`,
        { namespace, image, admissionPolicies, seconds: args.deadlineSeconds, ...rehearsal },
        ofParent,
      );
    const looking = { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["get"] };
    const rules = [looking, ...(scratch?.rules ?? [])];
    const databases = {
      LIVE: (ownArchive && live?.name) || "",
      UNKNOWN: unknown ?? "",
      TARGET: target,
      REPLACES: replaces ?? "",
      STOPS: rehearsal ? "yes" : "",
      ...("dump" in source && live ? { DATABASE: live.owner.names().DATABASE! } : {}),
    };
    const check = {
      image,
      command: ["node", "/runsheet/restore.cjs", ...command],
      environment: { ...storeEnvironment(within(folder, access)), ...acceptingUnsigned(unsigned), ...databases },
    };
    const before = [
      ...(live ? [lastCommit(live)] : []),
      ...(scratch ? [{ ...check, asksCluster: true }, ...scratch.before] : []),
    ];
    super(
      name,
      {
        ...args,
        ...{ deadlineSeconds, keySeconds: args.deadlineSeconds },
        ...(scratch ? scratch.report : check),
        before: before.length > 0 ? before : undefined,
        files: [MountedFiles.pinned(`${name}-files`, namespace, program(), ofParent), ...(scratch?.files ?? [])],
        trigger: [new Date().toISOString()],
        volumes: [room(storage)],
        serviceAccount: account(name, namespace, rules, ofParent, scratch?.limits),
      },
      opts,
    );
    this.rehearsed = rehearsal !== undefined;
  }
}

/**
 * Writes a commit after the target time, for PostgreSQL stops a point-in-time recovery at the first commit beyond it. A
 * database without writes would have none, neither now nor after it is given up.
 *
 * The WAL segment with the commit is archived at once. A database that takes no writes stays as it is.
 */
const lastCommit = ({ image, name, owner }: LiveDatabase): Before => {
  const administrator = { secret: superuserSecret(name), optional: true };
  return {
    image,
    command: [
      "sh",
      "-c",
      `psql="psql --no-psqlrc --quiet --tuples-only --no-align"
      $psql --output=/dev/null -c "SELECT pg_logical_emit_message(true, 'runsheet', 'a restore')" &&
        $psql -c "SELECT pg_current_wal_insert_lsn()" >${handover}/position ||
        echo "the database ${name} takes no writes any more: its archive is used as it is"
      if [ -n "\${SUPERUSER:-}" ]; then
        PGUSER=$SUPERUSER PGPASSWORD=$SUPERUSER_PASSWORD $psql --output=/dev/null -c "SELECT pg_switch_wal()" || true
      fi`,
    ],
    // The only running one of several servers would wait forever for a synchronous replica to confirm the commit.
    environment: {
      ...owner.environment(),
      SUPERUSER: { ...administrator, key: "username" },
      SUPERUSER_PASSWORD: { ...administrator, key: "password" },
      PGCONNECT_TIMEOUT: "10",
      // The superuser must not run what the owner has put on the database's search path.
      PGOPTIONS: "-c search_path=pg_catalog,pg_temp -c synchronous_commit=local -c statement_timeout=30s",
    },
  };
};

/**
 * Fills an empty database from a dump, as the superuser.
 * @throws Error if the engine has no superuser
 */
export class RestoredDump extends Task {
  constructor(
    name: string,
    dump: string,
    database: Postgres,
    /** Image with pg_restore, not older than the server. */
    postgresql: string,
    { access, unsigned, storage, image, ...args }: RestoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    if (!database.superuser)
      throw new Error(
        "a dump is restored as superuser, which postgres.engine external does not allow: set it to cloudnativepg",
      );
    const fetch = {
      image,
      command: ["node", "/runsheet/restore.cjs", "dump", dump],
      environment: {
        ...storeEnvironment(within("dumps", access)),
        ...acceptingUnsigned(unsigned),
        ...database.owner.names(),
      },
    };
    super(
      name,
      {
        ...args,
        before: [fetch],
        image: postgresql,
        command: ["sh", "/runsheet/restore.sh", "/dumps/restored.dump"],
        files: { ...program(), ...restoreScript() },
        environment: { ...database.superuser, ...database.owner.names() },
        volumes: [room(storage)],
        trigger: [database.identity],
      },
      opts,
    );
  }
}

const textOf = ({ point }: Recovery) => (point === "latest" ? point : "time" in point ? point.time : point.lsn);
