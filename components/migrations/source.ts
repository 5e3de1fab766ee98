/** Migrations of a system, wherever they come from: what the other components ask of them. */
import { contentHash } from "../identity/hash";
import { contentsOf, TooLarge, type Files } from "../kubernetes/file-keys";

/** A change of the schema. */
export interface Change {
  /** Name, as `schema.target` and the registry of the database say it. */
  readonly name: string;
  /** Name of its task: letters, digits and hyphens. */
  readonly id: string;
  /** Hash of what deploys it. */
  readonly deployHash: string;
  /** Hash of everything about it: what deploys, verifies and reverts it. */
  readonly hash: string;
}

/**
 * Migrations of a system, read from files. A pod works on them with the program migrate.sh, which every source brings
 * along; the modes are those of in-pod/migrate.sh.
 */
export interface MigrationSource {
  /** Name by which migrate.sh finds the changes that are applied: Sqitch's project, or the tool that records them. */
  readonly project: string;
  /** Changes in the order of their deployment. */
  readonly changes: readonly Change[];
  /** Files that pods mount: migrate.sh, and what it reads. */
  readonly files: Files;
  /** Image in which migrate.sh runs, by its name among the stack's images. */
  readonly image: keyof MigrationImages;
  /** Number of changes that were applied before Runsheet took over, and are one task. Default: 0. */
  readonly takenOver?: number;
  /** Program that deploys all changes in place of migrate.sh. Default: migrate.sh does. */
  readonly command?: { readonly image: string; readonly command: readonly string[]; readonly memoryLimit: string };
  /** Explains why the changes cannot be deployed together in one transaction. Undefined if they can. */
  readonly obstacleToOneTransaction: (changes: readonly Change[]) => string | undefined;
}

/** Images for migrations. */
export interface MigrationImages {
  /** PostgreSQL's programs, and a shell. */
  readonly postgresql: string;
  /** Sqitch with psql and DBD::Pg. */
  readonly sqitch: string;
}

/**
 * Returns files that a pod can mount.
 * @param wayOut what to do where they are too large together
 * @throws Error that ends with that, or that names a file whose name cannot be mounted
 */
export function mountable(files: Files, wayOut: string): Files {
  try {
    contentsOf(files);
    return files;
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    throw new Error(`${error.message}: ${wayOut}`, { cause: error });
  }
}

/** Target for the schema before the first change. */
const beforeAll = "none";

/** The changes of a source up to a target. */
export interface TargetedSource {
  readonly source: MigrationSource;
  /** Last change; "none" is before the first. Default: all changes. */
  readonly target?: string;
}

/**
 * Lists a source's changes up to the target, and no change for "none".
 * @throws Error with the known changes, if the target is unknown
 */
export function changesUpTo({ source: { changes }, target }: TargetedSource): readonly Change[] {
  if (target === undefined) return changes;
  if (target === beforeAll) return [];
  const index = changes.findIndex(({ name }) => name === target);
  if (index < 0) {
    const known = [...changes.map(({ name }) => name), beforeAll].join(", ");
    throw new Error(`schema.target is "${target}": unknown change; changes: ${known}`);
  }
  return changes.slice(0, index + 1);
}

/** Hashes the schema of the target: everything about every change up to it. */
export const schemaHash = (schema: TargetedSource): string => contentHash(changesUpTo(schema).map(({ hash }) => hash));

/** Hashes only what deploys the changes up to the target. */
export const deployHash = (schema: TargetedSource): string =>
  contentHash(changesUpTo(schema).map((change) => change.deployHash));
