/** The plan of a system's databases: which one it works with, which one is restored, which ones are kept. */
import { contentHash } from "../identity/hash";
import type { RecoveryPoint } from "../postgres";
import type { RestoreSource } from "../backups/restore";
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
 * Plans the database of a system whose database exists without the stack.
 * @param name its host and name, host/database
 * @param before the databases that the last `up` left, or the cluster's record of them
 * @throws Error if the last `up` worked with another database, and `live` does not name this one
 */
export function planExisting(
  system: string,
  name: string,
  { live, discard = [] }: DatabaseSettings,
  before: Databases | undefined,
): DatabasePlan {
  if (live !== undefined && live !== name)
    throw new Error(`${system}:live: names ${live}, and the URLs lead to ${name}; take it out, or name that`);
  if (discard.length > 0)
    throw new Error(
      `${system}:discard: the database ${name} is not the stack's, and nothing was given up; take it out`,
    );
  const last = before?.live;
  if (last !== undefined && last !== name && live !== name) throw new Error(otherDatabase(system, name, last));
  return { name, restored: false, givenUp: [], before };
}

/** Tells whether a database exists without the stack. The name of one that the stack makes has no slash. */
const isExisting = (name: string) => name.includes("/");

/**
 * Tells whether the last `up` worked with a database that exists without the stack, which is left for one of the stack's.
 * @throws Error if it did, and `live` does not name the stack's first database
 */
export function leavesExisting(system: string, { live }: DatabaseSettings, before: Databases | undefined): boolean {
  const last = before?.live;
  if (last === undefined || !isExisting(last)) return false;
  const first = firstDatabase(system);
  if (live !== first) throw new Error(otherDatabase(system, first, last));
  return true;
}

const otherDatabase = (system: string, name: string, last: string) =>
  `${system}:postgres: this leads to the database ${name}, and the last up worked with ${last}. Correct it; or, if the data is in ${name}: pulumi config set ${system}:live ${name}. ` +
  (isExisting(last) ? `${last} stays as it is` : `The stack then deletes ${last}, as far as runsheet:protect permits`);

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
