/** What an archive can bring back: Barman's base backups and the log after them, as they lie in an object store. */
import type { Store } from "../object-store/client";

/** A base backup that was finished. */
export interface BaseBackup {
  readonly name: string;
  readonly end: Date;
  /** Where the log was when it ended. */
  readonly endLsn: string;
}

export interface ArchiveContents {
  /** The oldest first. */
  readonly backups: readonly BaseBackup[];
  /** When the last part of the log arrived; undefined: none did. */
  readonly lastLog: Date | undefined;
}

/** What the archive has of a server. */
export async function readArchive(store: Store, server: string): Promise<ArchiveContents> {
  const infos = (await store.list(`${server}/base/`)).filter(({ name }) => name.endsWith("/backup.info"));
  const backups: BaseBackup[] = [];
  for (const { name } of infos) {
    const info = (await store.text(name)) ?? "";
    const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
    if (value("status") !== "DONE") continue;
    backups.push({ name: name.split("/").at(-2)!, end: new Date(value("end_time")), endLsn: value("end_xlog") });
  }
  const log = (await store.list(`${server}/wals/`)).map(({ modified }) => modified.getTime());
  return {
    backups: backups.sort((a, b) => a.end.getTime() - b.end.getTime()),
    lastLog: log.length > 0 ? new Date(Math.max(...log)) : undefined,
  };
}

/**
 * Why the archive cannot bring back that moment; undefined if it can. `live`: what is not archived yet will be, because the
 * database is about to be stopped, which archives the rest of its log.
 */
export function unreachable(
  { backups, lastLog }: ArchiveContents,
  point: string,
  live: boolean,
  now: Date,
): string | undefined {
  const first = backups[0];
  if (!first || !lastLog) return "it has no base backup that was finished";
  if (point === "latest") return undefined;
  if (point.includes("/"))
    return lsn(point) < lsn(first.endLsn)
      ? `${point} is before its first base backup, which ends at ${first.endLsn}`
      : undefined;
  const time = new Date(point);
  if (time < first.end) return `${point} is before its first base backup, which ended at ${first.end.toISOString()}`;
  if (time > now) return `${point} is not over yet`;
  if (time > lastLog && !live)
    return `${point} is after the end of its log, which arrived at ${lastLog.toISOString()}: "latest" brings back all there is`;
  return undefined;
}

/** PostgreSQL's way to write a 64-bit number. */
function lsn(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
