/** State of a live database's archive: the newest transaction that a restore from it has. */
import type { ClusterDatabase } from "../cluster-database";

export interface ArchiveState {
  /** Newest segment of WAL in the archive. */
  readonly segment: string;
  /** Greatest age of what was committed and is not archived, in seconds. */
  readonly rpoSeconds: number;
  /** Reason for it, as a sentence. */
  readonly why: string;
}

/** Reads the state. It changes nothing. */
export async function archiveState(database: ClusterDatabase): Promise<ArchiveState> {
  const answer = await database.sql(
    `SELECT coalesce(last_archived_wal, ''), extract(epoch FROM clock_timestamp() - last_archived_time),
       (SELECT setting::int FROM pg_settings WHERE name = 'archive_timeout'),
       (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')
     FROM pg_stat_archiver`,
  );
  return stateOf(answer, database.name);
}

/**
 * Interprets the row: segment, age, archive_timeout, segments that wait.
 * @throws Error if nothing was archived yet
 */
export function stateOf(row: string, name: string): ArchiveState {
  const [segment, age, timeout, waiting] = row.split("|");
  if (!segment || age === undefined)
    throw new Error(`${name} has archived nothing since its server started: wait a minute, then run the drill again`);
  const [seconds, limit] = [Number(age), Number(timeout)];
  const archived = `${name} had archived its newest WAL ${seconds.toFixed(1)} s before`;
  // PostgreSQL switches a segment that has a commit after archive_timeout, and archives no other.
  if (waiting === "0" && limit > 0 && seconds > limit)
    return {
      segment,
      rpoSeconds: limit,
      why: `${archived}, and no segment waited: what was written since is younger than archive_timeout (${limit} s).`,
    };
  return { segment, rpoSeconds: seconds, why: `${archived}${waiting === "0" ? "" : `; ${waiting} segments waited`}.` };
}

/** Tells whether a server that was restored has replayed a segment: both are names of WAL files. */
export const reaches = (restored: string, segment: string): boolean => restored.slice(8) >= segment.slice(8, 24);
