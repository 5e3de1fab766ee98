/** Which database a system works with: the one it began with, or one that was brought back in its place. */
import { contentHash } from "../hash";
import type { RecoveryPoint } from "../postgres";
import type { RestoreSource } from "../restore";

/** Where a restored database comes from: a moment of an archive, or a dump by its name in the object store. */
export type RestorePoint = RecoveryPoint | { readonly dump: string };

/** What the stack's configuration says of a restore. */
export interface Restore {
  readonly from: RestorePoint;
  /** The live database, which is given up. */
  readonly replaces?: string;
  /** The archive's name of the database that is brought back. Default: that of the one which is replaced. */
  readonly server?: string;
}

/** The databases of a system, as an `up` leaves them in the stack's outputs for the next one. */
export interface Databases {
  /** The one that the system works with. Default: none, as when the first was to be brought back and could not be. */
  readonly live?: string;
  /** What its archive calls it. Default: it is not archived. */
  readonly server?: string;
  /** Those that were given up: stopped, and kept until the configuration discards them. */
  readonly givenUp: readonly string[];
}

/** What is to be there. */
export interface DatabasePlan {
  readonly name: string;
  /** Whether it is one that was, or is being, brought back: what a new database is given, it has. */
  readonly restored: boolean;
  /** What has to be done for it. Default: it is live already, or begins empty. */
  readonly restore?: { readonly from: RestoreSource };
  readonly givenUp: readonly string[];
  /** What the outputs say as long as the restore did not succeed. */
  readonly before?: Databases;
}

/** The name of a system's first database. */
export const firstDatabase = (system: string) => `${system}-postgresql`;

/**
 * @param before what the last `up` left; undefined on a new stack
 * @throws Error with the key that is wrong and the way out: a live database is replaced only if it is named
 */
export function planDatabases(
  system: string,
  { restore, discard = [] }: { readonly restore?: Restore; readonly discard?: readonly string[] },
  before: Databases | undefined,
): DatabasePlan {
  const first = firstDatabase(system);
  const live = before?.live;
  const kept = (before?.givenUp ?? []).filter((name) => !discard.includes(name));
  if (live !== undefined && discard.includes(live))
    throw new Error(`${system}:discard: ${live} is the live database; only what a restore gave up can be discarded`);
  const target = restore && `${first}-${contentHash(restore).slice(0, 6)}`;
  if (!restore || target === live)
    return { name: live ?? first, restored: live !== undefined && live !== first, givenUp: kept, before };
  if (restore.replaces !== live) throw new Error(`${system}:restore.replaces: ${wrongReplacement(restore, live)}`);
  return {
    name: target!,
    restored: true,
    restore: { from: source(system, restore, before) },
    givenUp: live === undefined ? kept : [...kept, live],
    before,
  };
}

function wrongReplacement({ replaces }: Restore, live: string | undefined): string {
  if (live === undefined) return `this stack has no database ${replaces}: leave it out`;
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
