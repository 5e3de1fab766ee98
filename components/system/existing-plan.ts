/** The plan of a database that exists without the stack, and of restores into it. */
import { unfinished, type RestoreRecord, type RunningRestore } from "../backups/restore-record";
import { contentHash } from "../identity/hash";
import { firstDatabase, type DatabasePlan, type Databases, type DatabaseSettings, type Restore } from "./database-plan";
import type { InCluster } from "./live-database";

export interface ExistingPlan {
  /** The restore to do: its identifier, and the dump by its name in the object store. Default: none. */
  readonly restore?: { readonly id: string; readonly dump: string };
  /** True if a restore that is no longer in the configuration has left something stopped. */
  readonly takeBack: boolean;
  /** Part of the outputs once the restore has succeeded. */
  readonly after: Pick<Databases, "restores" | "restored">;
}

/**
 * Plans the database of a system whose database exists without the stack.
 * @param name its host and name, host/database
 * @param before the databases that the last `up` left, or the cluster's record of them
 * @param inCluster the cluster's record of the last restore, and the one that runs
 * @throws Error if the last `up` worked with another database, and `live` does not name this one; or if a restore does
 *   not name this one, another one still runs, or one was left unfinished in another database
 */
export function planExisting(
  system: string,
  name: string,
  { live, discard = [], restore }: DatabaseSettings,
  before: Databases | undefined,
  { restore: record, restoring }: Pick<InCluster, "restore" | "restoring"> = {},
): DatabasePlan {
  if (live !== undefined && live !== name)
    throw new Error(`${system}:live: names ${live}, and the URLs lead to ${name}; take it out, or name that`);
  if (discard.length > 0)
    throw new Error(
      `${system}:discard: the database ${name} is not the stack's, and nothing was given up; take it out`,
    );
  const last = before?.live;
  if (last !== undefined && last !== name && live !== name) throw new Error(otherDatabase(system, name, last));
  const stopped = unfinished(record) !== undefined;
  if (stopped && last !== undefined && last !== name) throw new Error(leftStopped(system, last));
  const done = restoresDone(name, last === name ? before : undefined, record);
  const existing = planRestore(system, name, restore, stopped ? { ...done, restored: undefined } : done);
  if (restoring && restoring.id !== existing.restore?.id) throw new Error(stillRestoring(system, name, restoring));
  return {
    name,
    restored: false,
    givenUp: [],
    before,
    existing: { ...existing, takeBack: stopped && !existing.restore },
  };
}

/**
 * Returns the restores that were done into the database. An `up` that did one and then broke off left no outputs of it,
 * but the record. A `destroy` leaves the record in a namespace of others: then the same restore is another one.
 * @param before undefined if the system was not there
 */
function restoresDone(
  name: string,
  before: Pick<Databases, "restores" | "restored"> | undefined,
  record: RestoreRecord | undefined,
): Pick<Databases, "restores" | "restored"> {
  const { restores = 0, restored } = before ?? {};
  const [hash, count] = record?.step === "done" ? record.id.split("-") : [];
  if (hash !== hashOf(record?.dump, name) || Number(count) <= restores) return { restores, restored };
  return { restores: Number(count), restored: before && hash };
}

const hashOf = (dump: string | undefined, replaces: string) => contentHash({ dump, replaces }).slice(0, 8);

/**
 * Plans a restore into the database, unless it was done. The same one that is set again later is done again; and after
 * another one that did not come to its end.
 */
function planRestore(
  system: string,
  name: string,
  restore: Restore | undefined,
  { restores = 0, restored }: Pick<Databases, "restores" | "restored"> = {},
): Pick<ExistingPlan, "restore" | "after"> {
  if (!restore) return { after: restores === 0 ? {} : { restores } };
  const { from, replaces } = restore;
  if (typeof from !== "object" || !("dump" in from))
    throw new Error(
      `${system}:restore.from: a database that exists has no archive of the stack's; name a dump, such as daily/20261127T010000Z`,
    );
  if (replaces !== name)
    throw new Error(
      `${system}:restore.replaces: ${replaces === undefined ? "is missing" : `names ${replaces}`}, and the database is ${name}. ` +
        "The dump replaces everything in its schemas there: to agree, name it; otherwise leave the restore out",
    );
  const hash = hashOf(from.dump, replaces);
  if (hash === restored) return { after: { restores, restored } };
  const after = { restores: restores + 1, restored: hash };
  return { restore: { id: `${hash}-${after.restores}`, dump: from.dump }, after };
}

/** Tells whether a database exists without the stack. The name of one that the stack makes has no slash. */
const isExisting = (name: string) => name.includes("/");

/**
 * Tells whether the last `up` worked with a database that exists without the stack, which is left for one of the stack's.
 * @throws Error if it did, and `live` does not name the stack's first database, or a restore was left unfinished
 */
export function leavesExisting(
  system: string,
  { live }: DatabaseSettings,
  before: Databases | undefined,
  { restore }: Pick<InCluster, "restore"> = {},
): boolean {
  const last = before?.live;
  if (last === undefined || !isExisting(last)) return false;
  const first = firstDatabase(system);
  if (live !== first) throw new Error(otherDatabase(system, first, last));
  if (unfinished(restore)) throw new Error(leftStopped(system, last));
  return true;
}

const leftStopped = (system: string, last: string) =>
  `${system}:restore: a restore into ${last} has left logins of that server refused, and nothing but an up with that database accepts them again. ` +
  "Let the URLs lead there, remove restore, run up; then change the database";

const stillRestoring = (system: string, name: string, { job }: RunningRestore) =>
  `${system}:restore: the Job ${job} of an earlier up is still restoring ${name}, and the configuration does not ask for that any more. ` +
  "Wait until it has ended, or put restore back as it was; or delete the Job with kubectl and run up again, which starts what it has stopped";

const otherDatabase = (system: string, name: string, last: string) =>
  `${system}:postgres: this leads to the database ${name}, and the last up worked with ${last}. Correct it; or, if the data is in ${name}: pulumi config set ${system}:live ${name}. ` +
  (isExisting(last) ? `${last} stays as it is` : `The stack then deletes ${last}, as far as runsheet:protect permits`);
