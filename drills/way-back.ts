/** What is proved before a database is destroyed on purpose: that it comes back. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DrilledDatabase } from "./database";

const archiveSeconds = 180;
/** Like a restore of all of it, and the time that it needs on a busy node. */
const restoreSeconds = 3600;

/**
 * Makes sure that what is written now reaches the archive, and that the newest backup comes back: by the system's own restore
 * test, which brings it back beside the database to the end of its log, verifies it and throws it away.
 * @throws Error with what fails
 */
export async function proveWayBack(database: DrilledDatabase, system: string, pauseMilliseconds = 2000): Promise<void> {
  await proveArchive(database, pauseMilliseconds);
  await proveRestore(database, system, pauseMilliseconds);
}

/** The segment of the log that is being written is stored. */
async function proveArchive(database: DrilledDatabase, pause: number): Promise<void> {
  // With something in it: an empty one is not switched.
  await database.sql("SELECT pg_logical_emit_message(true, 'runsheet', 'drill')");
  const segment = await database.sql("SELECT pg_walfile_name(pg_switch_wal())");
  const stored = () => database.sql(`SELECT coalesce(last_archived_wal >= '${segment}', false) FROM pg_stat_archiver`);
  for (const end = Date.now() + archiveSeconds * 1000; (await stored()) !== "t"; await sleep(pause))
    if (Date.now() > end)
      throw new Error(`${segment} of ${database.name} did not reach the archive within ${archiveSeconds} s`);
}

async function proveRestore(
  { kubectl, namespace, name }: DrilledDatabase,
  system: string,
  pause: number,
): Promise<void> {
  const job = `${system}-restore-test-drill-${Date.now()}`;
  const get = (path: string) => kubectl.run("get", "job", "-n", namespace, job, "-o", `jsonpath=${path}`);
  await kubectl.run("create", "job", "-n", namespace, job, `--from=cronjob/${system}-restore-test`);
  const end = Date.now() + restoreSeconds * 1000;
  for (;;) {
    const conditions = await get("{.status.conditions[?(@.status=='True')].type}");
    if (conditions.includes("Complete")) break;
    if (conditions.includes("Failed") || Date.now() > end) {
      const log = await kubectl.run("logs", "-n", namespace, `job/${job}`, "--all-containers", "--tail=20");
      throw new Error(`the newest backup of ${name} does not come back: ${log}`);
    }
    await sleep(pause);
  }
  await kubectl.run("delete", "job", "-n", namespace, job);
}
