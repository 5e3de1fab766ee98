import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../bundle";
import type { Files } from "../files";
import { storeEnvironment, type StoreAccess } from "../object-store";
import type { Mount } from "../pod";
import type { Postgres, Recovery } from "../postgres";
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

/** Whether what is to be brought back can be: before anything is given up for it. A dump is read whole. */
export class RestoreCheck extends Task {
  /** `live`: whether the database that the archive is of still runs, and archives what it has when it is stopped. */
  constructor(
    name: string,
    source: RestoreSource,
    live: boolean,
    { access, storage, ...args }: RestoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [folder, ...command] =
      "dump" in source ? ["dumps", "check", source.dump] : ["archive", "archive", source.server, textOf(source)];
    super(
      name,
      {
        ...args,
        command: ["node", "/runsheet/restore.cjs", ...command],
        files: program(),
        environment: { ...inside(folder, access), LIVE: String(live) },
        volumes: [scratch(storage)],
      },
      opts,
    );
  }
}

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
