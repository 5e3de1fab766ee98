import * as pulumi from "@pulumi/pulumi";
import { account } from "../account";
import { handover, type Before } from "../before";
import { bundle } from "../bundle";
import { restoreScript } from "../dump";
import { MountedFiles, type Files } from "../files";
import { storeEnvironment, type StoreAccess } from "../object-store";
import type { Mount } from "../pod";
import { superuserSecret, type Login, type Postgres, type Recovery } from "../postgres";
import { Task } from "../task";
import { scratchDatabase, type ScratchDatabaseArgs } from "./scratch-database";

/** Where a database is brought back from: an archive, or a dump by its name in the store, such as daily/20261127T010000Z. */
export type RestoreSource = Recovery | { readonly dump: string };

export interface RestoreArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** The system's part of the object store. */
  readonly access: StoreAccess;
  /** Room for the dump, on the node. */
  readonly storage: string;
  /** A restore that takes longer than this many seconds is ended, and failed. */
  readonly deadlineSeconds: number;
}

const program = (): Files => ({ "restore.cjs": bundle("components/restore/program.ts") });
const room = (storage: string): Mount => ({ scratch: storage, path: "/dumps" });
const inside = (folder: string, access: StoreAccess) =>
  storeEnvironment({ ...access, folder: `${access.folder}/${folder}` });

/** The live database, where it is archived. */
export interface LiveDatabase {
  /** Its Cluster. */
  readonly name: string;
  readonly owner: Login;
  /** An image with psql. */
  readonly image: string;
}

/** A restore of the archive beside the live database, to see whether it works before that one is stopped. */
export type Rehearsal = Pick<ScratchDatabaseArgs, "cluster" | "verification">;

export interface RestoreCheckArgs extends RestoreArgs {
  /** Takes a last commit: its archive then reaches every moment up to now, also when it is gone. Default: none is live and archived. */
  readonly live?: LiveDatabase;
  /** Whether the archive that is brought back is the one of `live`. */
  readonly ownArchive: boolean;
  /** A database that must not be there, since the stack does not know of it and would delete it. Default: it knows all. */
  readonly unknown?: string;
  /** What is brought back, and the database that it replaces, by their Clusters. */
  readonly target: string;
  readonly replaces?: string;
  /** Where `replaces` is stopped before `target` is brought back. Default: it is stopped when that is verified. */
  readonly rehearsal?: Rehearsal;
}

/**
 * Whether what is to be brought back can be: before anything is given up for it. A dump is read whole; an archive must reach the
 * moment, and is restored beside the live database where that one is stopped first. It is asked by every `up` until the
 * restore is done: what was there the last time may be gone.
 */
export class RestoreCheck extends Task {
  /** Whether the database that is replaced is to be stopped before its replacement is brought back. */
  readonly rehearsed: boolean;

  constructor(
    name: string,
    source: RestoreSource,
    { access, storage, live, ownArchive, unknown, target, replaces, rehearsal, ...args }: RestoreCheckArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [folder, ...command] =
      "dump" in source ? ["dumps", "check", source.dump] : ["archive", "archive", source.server, textOf(source)];
    const ofParent = opts?.parent ? { parent: opts.parent } : {};
    const { namespace, image } = args;
    // Of the database; the archive is waited for before, and the database verified after it.
    const deadlineSeconds = args.deadlineSeconds + (rehearsal ? 3600 : 0);
    const scratch =
      rehearsal &&
      scratchDatabase(`${name}-rehearsal`, { namespace, image, seconds: args.deadlineSeconds, ...rehearsal }, ofParent);
    const looking = { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["get"] };
    const rules = [looking, ...(scratch?.rules ?? [])];
    const databases = {
      LIVE: (ownArchive && live?.name) || "",
      UNKNOWN: unknown ?? "",
      TARGET: target,
      REPLACES: replaces ?? "",
      STOPS: rehearsal ? "yes" : "",
    };
    const check = {
      image,
      command: ["node", "/runsheet/restore.cjs", ...command],
      environment: { ...inside(folder, access), ...databases },
    };
    const before = [...(live ? [lastCommit(live)] : []), ...(scratch ? [check, ...scratch.before] : [])];
    super(
      name,
      {
        ...args,
        deadlineSeconds,
        ...(scratch ? scratch.report : check),
        before: before.length > 0 ? before : undefined,
        files: [MountedFiles.pinned(`${name}-files`, namespace, program(), ofParent), ...(scratch?.files ?? [])],
        trigger: [new Date().toISOString()],
        volumes: [room(storage)],
        serviceAccount: account(name, namespace, rules, ofParent),
      },
      opts,
    );
    this.rehearsed = rehearsal !== undefined;
  }
}

/**
 * PostgreSQL finds a moment by a commit that comes after it: on a database that nobody writes to there would be none, neither now
 * nor when it was given up. The segment of the log that holds it is archived at once. A database that takes no writes is left as it is.
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
    // Of several servers one may be alone: nobody would confirm the commit to it.
    environment: {
      ...owner.environment(),
      SUPERUSER: { ...administrator, key: "username" },
      SUPERUSER_PASSWORD: { ...administrator, key: "password" },
      PGCONNECT_TIMEOUT: "10",
      PGOPTIONS: "-c synchronous_commit=local -c statement_timeout=30s",
    },
  };
};

/** Fills an empty database from a dump, as its superuser. Throws Error where the engine lets nobody be one. */
export class RestoredDump extends Task {
  constructor(
    name: string,
    dump: string,
    database: Postgres,
    /** The image with pg_restore, not older than the server. */
    postgresql: string,
    { access, storage, image, ...args }: RestoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    if (!database.superuser) throw new Error("a dump is restored as a superuser, and this engine has none");
    const fetch = {
      image,
      command: ["node", "/runsheet/restore.cjs", "dump", dump],
      environment: inside("dumps", access),
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
