/** The plan of a system's databases: which one it works with, which one is restored, which ones are kept. */
import { contentHash } from "../identity/hash";
import type { RecoveryPoint } from "../postgres";
import type { RestoreSource } from "../backups/restore";
import type { ExistingPlan } from "./existing-plan";
import { madeOf, type Made } from "./made";

/** Origin of a restored database: a point of an archive, or a dump by its name in the object store. */
export type RestorePoint = RecoveryPoint | { readonly dump: string };

/** A restore, as the stack's configuration requests it. */
export interface Restore {
  readonly from: RestorePoint;
  /** Name of the live database, which is given up. */
  readonly replaces?: string;
  /** Server name, in the archive, of the database to restore. Default: that of the live database. */
  readonly server?: string;
  /** A restore that takes longer, in seconds, has failed. */
  readonly deadlineSeconds: number;
  /** Takes a dump before a restore into a database that exists. Default: true. */
  readonly safetyDump?: boolean;
}

/** A database that a restore replaced: stopped, and kept until the configuration discards it. */
export interface GivenUp extends Made {
  readonly name: string;
  /** Server name in its archive. Default: it is not archived, or the name is not known. */
  readonly server?: string;
  /** True once its protection is removed, so that the next `up` deletes it. Default: false. */
  readonly released?: boolean;
}

/** A system's databases, as an `up` records them in the stack's outputs for the next one. */
export interface Databases extends Made {
  /**
   * Name of the database that the system works with. Default: there is none, as when the restore of the first one
   * failed.
   */
  readonly live?: string;
  /** Server name in its archive. Default: it is not archived. */
  readonly server?: string;
  readonly givenUp: readonly GivenUp[];
  /** Number of restores into a database that exists without the stack. Default: 0. */
  readonly restores?: number;
  /** Hash of the restore in the configuration, if it was done into such a database. Default: there is none. */
  readonly restored?: string;
}

/** The databases to make. */
export interface DatabasePlan {
  /** Name of the database to work with. */
  readonly name: string;
  /** True if this database was, or is being, restored. It then gets no baseline. */
  readonly restored: boolean;
  /** The restore to do, and the live database that it replaces. Default: the database is live, or starts empty. */
  readonly restore?: { readonly from: RestoreSource; readonly replaces?: string; readonly deadlineSeconds: number };
  readonly givenUp: readonly GivenUp[];
  /** The outputs until the restore has succeeded. */
  readonly before?: Databases;
  /** The plan of a database that exists without the stack. Default: the stack makes the database. */
  readonly existing?: ExistingPlan;
}

/** The keys of a system's configuration that are about its databases. */
export interface DatabaseSettings {
  readonly restore?: Restore;
  /** Name of the live database. */
  readonly live?: string;
  /** Names of databases that restores replaced, and that are to be deleted. */
  readonly discard?: readonly string[];
}

/** The name of a system's first database. */
export const firstDatabase = (system: string) => `${system}-postgresql`;

/**
 * Plans a system's databases.
 * @param protect whether what holds data is protected: one `up` then removes the protection of what is discarded, the
 * next deletes it
 * @param before the databases that the last `up` left; undefined on a new stack, and if no `up` has finished
 * @throws Error with the wrong key and what to do. A live database is replaced only if `replaces` names it
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
 * Adapts the plan if the database that it replaces is lost: that one is then neither checked, nor stopped, nor kept.
 * @param clusters names of all databases in the cluster
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

/**
 * Names the database of a restore. The same restore has the same name, so that an `up` resumes what the last one began.
 */
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
