/** Proof that a database can be restored, before it is destroyed on purpose. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DrilledDatabase } from "./database";
import { runCronJob } from "./job";

const archiveSeconds = 180;
/** Limit for the restore test, in seconds: the RTO of a full restore, for a busy node. */
const restoreSeconds = 3600;

/**
 * Checks that current writes reach the archive and that the newest backup can be restored. The system's own restore
 * test restores it to the end of its WAL beside the database, verifies it and deletes it.
 * @throws Error with what fails
 */
export async function proveWayBack(database: DrilledDatabase, system: string, pauseMilliseconds = 2000): Promise<void> {
  await proveArchive(database, pauseMilliseconds);
  await proveRestore(database, system, pauseMilliseconds);
}

/** Checks that the current WAL segment is archived. */
async function proveArchive(database: DrilledDatabase, pause: number): Promise<void> {
  // PostgreSQL does not switch an empty segment.
  await database.sql("SELECT pg_logical_emit_message(true, 'runsheet', 'drill')");
  const segment = await database.sql("SELECT pg_walfile_name(pg_switch_wal())");
  const stored = () => database.sql(`SELECT coalesce(last_archived_wal >= '${segment}', false) FROM pg_stat_archiver`);
  for (const end = Date.now() + archiveSeconds * 1000; (await stored()) !== "t"; await sleep(pause))
    if (Date.now() > end) throw new Error(`${segment} of ${database.name} was not archived within ${archiveSeconds} s`);
}

async function proveRestore(
  { kubectl, namespace, name }: DrilledDatabase,
  system: string,
  pauseMilliseconds: number,
): Promise<void> {
  const problem = `the newest backup of ${name} cannot be restored`;
  const test = { namespace, cronJob: `${system}-restore-test`, problem };
  await runCronJob(kubectl, test, { seconds: restoreSeconds, pauseMilliseconds });
}
