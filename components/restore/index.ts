import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { account } from "../account";
import type { Before } from "../before";
import { bundle } from "../bundle";
import type { Files } from "../files";
import { storeEnvironment, type StoreAccess } from "../object-store";
import type { Mount } from "../pod";
import { Login, type Postgres, type Recovery } from "../postgres";
import { Task } from "../task";

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
const scratch = (storage: string): Mount => ({ scratch: storage, path: "/dumps" });
const inside = (folder: string, access: StoreAccess) =>
  storeEnvironment({ ...access, folder: `${access.folder}/${folder}` });

export interface RestoreCheckArgs extends RestoreArgs {
  /** The database whose archive it is, where that still runs: by its Cluster, its owner's Secret, and an image with psql. */
  readonly live?: { readonly name: string; readonly login: string; readonly image: string };
  /** A database that must not be there, since the stack does not know of it and would delete it. Default: it knows all. */
  readonly unknown?: string;
  /** What is brought back, and the database that it replaces, by their Clusters: the former is not there before the latter stops. */
  readonly target: string;
  readonly replaces?: string;
}

/**
 * Whether what is to be brought back can be: before anything is given up for it. A dump is read whole. It is asked by every `up`
 * until the restore is done: what was there the last time may be gone.
 */
export class RestoreCheck extends Task {
  constructor(
    name: string,
    source: RestoreSource,
    { access, storage, live, unknown, target, replaces, ...args }: RestoreCheckArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [folder, ...command] =
      "dump" in source ? ["dumps", "check", source.dump] : ["archive", "archive", source.server, textOf(source)];
    const rules = [{ apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["get"] }];
    const databases = { LIVE: live?.name ?? "", UNKNOWN: unknown ?? "", TARGET: target, REPLACES: replaces ?? "" };
    super(
      name,
      {
        ...args,
        before: live && [lastCommit(live.image, new Login(live.login, undefined))],
        command: ["node", "/runsheet/restore.cjs", ...command],
        files: program(),
        environment: { ...inside(folder, access), ...databases },
        trigger: [new Date().toISOString()],
        volumes: [scratch(storage)],
        serviceAccount: account(name, args.namespace, rules, opts?.parent ? { parent: opts.parent } : {}),
      },
      opts,
    );
  }
}

/**
 * PostgreSQL finds a moment by a commit that comes after it: on a database that nobody writes to there would be none. One that
 * takes no writes any more is restored without.
 */
const lastCommit = (image: string, login: Login): Before => ({
  image,
  command: [
    "sh",
    "-c",
    `psql --no-psqlrc --quiet --output=/dev/null -c "SELECT pg_logical_emit_message(true, 'runsheet', 'a restore')" ||
      echo "the database takes no writes any more: it is restored as its archive is"`,
  ],
  // Of several servers one may be alone: nobody would confirm the commit to it.
  environment: {
    ...login.environment(),
    PGCONNECT_TIMEOUT: "10",
    PGOPTIONS: "-c synchronous_commit=local -c statement_timeout=30s",
  },
});

/** Fills an empty database from a dump. */
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
        command: ["sh", "/runsheet/restore.sh"],
        files: { ...program(), "restore.sh": readFileSync(join(__dirname, "restore.sh"), "utf8") },
        environment: database.owner.environment(),
        volumes: [scratch(storage)],
        trigger: [database.identity],
      },
      opts,
    );
  }
}

const textOf = ({ point }: Recovery) => (point === "latest" ? point : "time" in point ? point.time : point.lsn);
