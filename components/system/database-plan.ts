/** Which database a system works with: the one it began with, or one that was brought back in its place. */
import { contentHash } from "../identity/hash";
import type { RecoveryPoint } from "../postgres";
import type { RestoreSource } from "../backups/restore";
import { madeOf, type Made } from "./made";

/** Where a restored database comes from: a moment of an archive, or a dump by its name in the object store. */
export type RestorePoint = RecoveryPoint | { readonly dump: string };

/** What the stack's configuration says of a restore. */
export interface Restore {
  readonly from: RestorePoint;
  /** The live database, which is given up. */
  readonly replaces?: string;
  /** The archive's name of the database that is brought back. Default: that of the one which is replaced. */
  readonly server?: string;
  /** How long it may take, in seconds. */
  readonly deadlineSeconds: number;
}

/** A database that was given up: stopped, and kept until the configuration discards it, as it was made. */
export interface GivenUp extends Made {
  readonly name: string;
  /** What its archive calls it. Default: it is not archived, or that is not known. */
  readonly server?: string;
  /** Whether its protection was taken off, so that the next `up` deletes it. Default: false. */
  readonly released?: boolean;
}

/** The databases of a system, as an `up` leaves them in the stack's outputs for the next one. */
export interface Databases extends Made {
  /** The one that the system works with. Default: none, as when the first was to be brought back and could not be. */
  readonly live?: string;
  /** What its archive calls it. Default: it is not archived. */
  readonly server?: string;
  readonly givenUp: readonly GivenUp[];
}

/** What is to be there. */
export interface DatabasePlan {
  readonly name: string;
  /** Whether it is one that was, or is being, brought back: what a new database is given, it has. */
  readonly restored: boolean;
  /** The restore that has to be done for it, and the live database that is given up then. Default: it is live, or begins empty. */
  readonly restore?: { readonly from: RestoreSource; readonly replaces?: string; readonly deadlineSeconds: number };
  readonly givenUp: readonly GivenUp[];
  /** What the outputs say as long as the restore did not succeed. */
  readonly before?: Databases;
}

/** What the stack's configuration says of a system's databases. */
export interface DatabaseSettings {
  readonly restore?: Restore;
  /** Databases that restores gave up, and that are no longer kept. */
  readonly discard?: readonly string[];
}

/** The name of a system's first database. */
export const firstDatabase = (system: string) => `${system}-postgresql`;

/**
 * @param protect whether what holds data cannot be deleted: what is discarded is then released by one `up`, and deleted by the next
 * @param before what the last `up` left; undefined on a new stack, and where no `up` came to its end
 * @throws Error with the key that is wrong and the way out: a live database is replaced only if it is named
 */
export function planDatabases(
  system: string,
  { restore, discard = [] }: DatabaseSettings,
  protect: boolean,
  before: Databases | undefined,
): DatabasePlan {
  const first = firstDatabase(system);
  // Where no `up` came to its end nobody noted the first one, which may be there all the same.
  const live = before?.live ?? (restore?.replaces === first ? first : undefined);
  if (live !== undefined && discard.includes(live))
    throw new Error(`${system}:discard: ${live} is the live database; only what a restore gave up can be discarded`);
  const target = restore && nameOf(first, restore);
  const name = target ?? live ?? first;
  const kept = (before?.givenUp ?? []).flatMap((given): GivenUp[] => {
    // One that is gone on with is not given up.
    if (given.name === name) return [];
    if (!discard.includes(given.name)) return [given];
    return protect && !given.released ? [{ ...given, released: true }] : [];
  });
  if (!restore || target === live)
    return { name, restored: live !== undefined && live !== first, givenUp: kept, before };
  if (restore.replaces !== live) throw new Error(`${system}:restore.replaces: ${wrongReplacement(restore, live)}`);
  return {
    name,
    restored: true,
    restore: { from: source(system, restore, before), replaces: live, deadlineSeconds: restore.deadlineSeconds },
    givenUp: live === undefined ? kept : [...kept, { name: live, server: before?.server, ...madeOf(before ?? {}) }],
    before,
  };
}

/**
 * The plan where the database that it gives up may be lost: then nothing of that is asked, stopped or kept.
 * @param clusters the names of all databases that the cluster has
 */
export function withoutLost(plan: DatabasePlan, clusters: readonly string[]): DatabasePlan {
  const { restore, givenUp, before } = plan;
  if (restore?.replaces === undefined || clusters.includes(restore.replaces)) return plan;
  return {
    ...plan,
    restore: { ...restore, replaces: undefined },
    givenUp: givenUp.filter(({ name }) => name !== restore.replaces),
    before: before && { ...before, live: undefined },
  };
}

/** The same for the same restore: an `up` goes on with what the one before it has begun. */
const nameOf = (first: string, { from, replaces, server }: Restore) =>
  `${first}-${contentHash({ from, replaces, server }).slice(0, 6)}`;

function wrongReplacement({ replaces }: Restore, live: string | undefined): string {
  if (live === undefined) return `this stack has no database ${replaces}`;
  const given = replaces === undefined ? "is missing" : `names ${replaces}`;
  return `${given}, and the live database is ${live}. To give that up, name it; otherwise leave the restore out`;
}

function source(system: string, { from, server }: Restore, before: Databases | undefined): RestoreSource {
  if (typeof from === "object" && "dump" in from) return from;
  const archived = server ?? before?.server;
  if (archived === undefined)
    throw new Error(
      `${system}:restore.server is missing: which database is brought back, by its name in the bucket, a folder of .../${system}/archive/`,
    );
  return { server: archived, point: from };
}
