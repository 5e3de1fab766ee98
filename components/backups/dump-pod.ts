/** Pods that take dumps, prove and restore them. */
import type * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Before } from "../kubernetes/init-containers";
import type { ContainerArgs } from "../kubernetes/container";
import type { Files, MountedFiles } from "../kubernetes/mounted-files";
import type { Mount, PodArgs } from "../kubernetes/pod";
import { mebibytes } from "../kubernetes/quantity";
import type { MigrationSource } from "../migrations";
import { storeEnvironment, type StoreAccess } from "../object-store";
import type { Postgres } from "../postgres";

/** Proofs of a dump. `restore`: restored into a scratch server and verified there; `read`: read whole. */
export const proofs = ["restore", "read"] as const;

export interface DumpPodArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with PostgreSQL's server, pg_dump and pg_restore, not older than the database's server. */
  readonly image: string;
  readonly database: Postgres;
  /**
   * Schemas to dump, of a database that the stack does not make: names, one per line, or * for all but the platform's
   * own. Default: the whole database.
   */
  readonly schemas?: string;
  /** Migrations, whose verify scripts a restored dump has to pass. */
  readonly source: MigrationSource;
  /** Files of the migrations. */
  readonly project: MountedFiles;
  /** System and release, as the dumps' manifests name them. */
  readonly system: string;
  readonly release: string;
  /** Size of the space for dumps, such as "1Gi": for one with a store, for all without. */
  readonly storage: string;
  readonly proof: (typeof proofs)[number];
  /** Size of the scratch server's space, such as "1Gi". */
  readonly scratch: string;
  /**
   * Storage class of an ephemeral volume for the scratch server. Default: none. The space is then on the node's disk.
   */
  readonly scratchClass?: string;
}

const script = (name: string) => readFileSync(join(__dirname, "in-pod", name), "utf8");
const files = (names: readonly string[]): Files => Object.fromEntries(names.map((name) => [name, script(name)]));
const restoring = ["restore.sh", "tables.sql"] as const;
const ofSchemas = [
  ...[
    "selection.sh",
    "schemas.sql",
    "unreadable.sql",
    "keys.sql",
    "dependents.sql",
    "surroundings.sh",
    "stand-ins.sql",
  ],
  ...["replace.sh", "replace-begin.sql", "default-privileges.sql", "replace-end.sql"],
];

/** Reads the script that restores a dump. The proof of a dump and a restore use the same one. */
export const restoreScript = () => files(restoring);

/** Reads the scripts that take and prove dumps, of the whole database or of schemas; the latter also restore them. */
export const dumpScripts = ({ schemas }: Pick<DumpPodArgs, "schemas">): Files =>
  files(["dump.sh", "prove.sh", "rows.sql", ...restoring, ...(schemas === undefined ? [] : ofSchemas)]);

/** Numeric user of PostgreSQL's images. The server starts only as a user that /etc/passwd lists. */
const postgresUser = 26;

/** Declares a container that runs one of the scripts. */
export function scriptContainer(args: DumpPodArgs, command: readonly pulumi.Input<string>[]): Before {
  const { image, database, schemas, system, release, proof, source } = args;
  return {
    image,
    command,
    environment: {
      ...(database.superuser ?? database.owner.environment()),
      ...database.owner.names(),
      ...(database.superuser && { OWNER_PASSWORD: database.owner.environment().PGPASSWORD! }),
      ROLES: database.roles.join(" "),
      SYSTEM: system,
      RELEASE: release,
      PROJECT: source.project,
      PROOF: proof,
      ...(schemas === undefined ? {} : { SCHEMAS: schemas }),
    },
  };
}

/** Declares a container that finds, stores or deletes dumps. */
export const storeContainer = (
  image: string,
  access: StoreAccess,
  ...command: readonly pulumi.Input<string>[]
): Before => ({ image, command: ["node", "/runsheet/store.cjs", ...command], environment: storeEnvironment(access) });

/** Declares a pod with room for so many dumps and, if they are proven by a restore, for the scratch server. */
export function dumpPod(
  { namespace, storage, scratch, scratchClass, proof }: DumpPodArgs,
  container: ContainerArgs,
  mounted: readonly MountedFiles[],
  volumes: readonly Mount[],
  dumps = 1,
): PodArgs {
  const path = "/scratch";
  const room: Mount = scratchClass ? { ephemeral: scratch, storageClass: scratchClass, path } : { scratch, path };
  const proving = proof === "restore";
  // The request puts the pod on a node with enough space. A full disk evicts other pods, too.
  const onNode = dumps * mebibytes(storage) + (proving && !scratchClass ? mebibytes(scratch) : 0);
  return {
    ...container,
    namespace,
    files: mounted,
    volumes: proving ? [...volumes, room] : volumes,
    user: postgresUser,
    resources: { requests: { cpu: "50m", memory: "256Mi", "ephemeral-storage": `${onNode}Mi` } },
  };
}
