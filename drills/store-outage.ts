/** Outage of the object store, as a database sees it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterDatabase } from "./cluster-database";
import { hoursText } from "./duration";

/** Address at which nothing listens. */
const nowhere = "http://127.0.0.1:9";
const failSeconds = 600;
const backupSeconds = 3600;

/** Leads the archive of a database to where nothing answers. The next `up` takes that back, as it does every edit by hand. */
export const loseStore = (database: ClusterDatabase): Promise<void> => leadTo(nowhere, database);

async function leadTo(endpointURL: string, { kubectl, namespace, name }: ClusterDatabase): Promise<void> {
  const patch = JSON.stringify({ spec: { configuration: { endpointURL } } });
  const store = `objectstores.barmancloud.cnpg.io/${name}`;
  await kubectl.run("patch", "-n", namespace, store, "--type=merge", `--patch=${patch}`);
}

/** Leads the archives back after a failure, and resolves to what was done or has to be done about them. */
export async function ledBack(endpoint: string, databases: readonly ClusterDatabase[]): Promise<string> {
  const led = await Promise.allSettled(databases.map((database) => leadTo(endpoint, database)));
  const lost = led.flatMap((each, index) =>
    each.status === "rejected" ? [`${databases[index]!.name} (${(each.reason as Error).message})`] : [],
  );
  return lost.length === 0
    ? "The archives lead to the object store again."
    : `NOTHING IS ARCHIVED of ${lost.join(", ")}: pulumi up leads the archives back.`;
}

/**
 * Waits until PostgreSQL says that a segment could not be archived. Resolves to that time, in milliseconds since 1970.
 * @throws Error if it does not say so within 10 min
 */
export async function archivingFails(database: ClusterDatabase, pauseMilliseconds = 2000): Promise<number> {
  const failures = async () => Number(await database.sql("SELECT failed_count FROM pg_stat_archiver"));
  const before = await failures();
  for (const end = Date.now() + failSeconds * 1000; ; await sleep(pauseMilliseconds)) {
    // A segment is archived once it is complete.
    await database.sql("SELECT pg_switch_wal()");
    if ((await failures()) > before) return database.now();
    if (Date.now() > end)
      throw new Error(`${database.name} archives although its object store is away: nothing failed within 10 min`);
  }
}

/** Room for WAL, and how fast it is used up. */
export interface Room {
  readonly freeBytes: number;
  readonly bytesPerSecond: number;
}

/** Measures for some seconds how fast WAL is written, and reads what is free on its volume. */
export async function roomForWal(database: ClusterDatabase, seconds: number): Promise<Room> {
  const position = () => database.sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");
  const before = Number(await position());
  await sleep(seconds * 1000);
  const bytesPerSecond = (Number(await position()) - before) / seconds;
  const answer = await database.execute(
    "df",
    "--output=avail",
    "--block-size=1",
    "/var/lib/postgresql/data/pgdata/pg_wal/",
  );
  return { freeBytes: Number(answer.split("\n").at(-1)), bytesPerSecond };
}

/**
 * Waits for a base backup that began after a time.
 * @throws Error with its state, if it fails or takes longer than an hour
 */
export async function expectBaseBackup(
  { kubectl, namespace, name }: ClusterDatabase,
  since: number,
  pauseMilliseconds = 2000,
): Promise<string> {
  for (const end = Date.now() + backupSeconds * 1000; ; await sleep(pauseMilliseconds)) {
    const text = await kubectl.run("get", "backups.postgresql.cnpg.io", "-n", namespace, "-o", "json");
    const state = newestBackup(text, name, since);
    if (state?.phase === "completed") return state.name;
    if (state?.phase === "failed" || Date.now() > end)
      throw new Error(`the base backup of ${name} is ${state ? `${state.phase}: ${state.error}` : "not there"}`);
  }
}

interface Backup {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly spec: { readonly cluster: { readonly name: string } };
  readonly status?: { readonly phase?: string; readonly error?: string };
}

/** Finds the newest base backup of a database since a time, in `kubectl get backups -o json`. */
export function newestBackup(text: string, cluster: string, since: number) {
  const { items } = JSON.parse(text) as { items: readonly Backup[] };
  const newest = items
    // Times of Kubernetes are in whole seconds.
    .filter(
      ({ metadata, spec }) => spec.cluster.name === cluster && Date.parse(metadata.creationTimestamp) + 1000 > since,
    )
    .sort((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp))
    .at(-1);
  if (!newest) return undefined;
  const { phase = "pending", error = "no error is said" } = newest.status ?? {};
  return { name: newest.metadata.name, phase, error };
}

/** Size of a segment of WAL, and the longest time between two of a database that is written to (archive_timeout). */
const [segmentBytes, segmentSeconds] = [16 * 2 ** 20, 60];

/** Says how long the log of writes has room on the disk. Every minute a segment is begun, however little is written. */
export function roomText(system: string, { freeBytes, bytesPerSecond }: Room): string {
  const rate = Math.max(bytesPerSecond, segmentBytes / segmentSeconds);
  const time = hoursText(freeBytes / rate);
  return `${system} has ${(freeBytes / 2 ** 30).toFixed(1)} GiB free for WAL, which grows by ${(rate / 2 ** 20).toFixed(2)} MiB/s: without an archive its disk is full in ${time}.`;
}
