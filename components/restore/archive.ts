/** What an archive can bring back: Barman's base backups and the log after them, as they lie in an object store. */
import type { Store } from "../object-store/client";

/** A base backup that was finished. */
export interface BaseBackup {
  readonly name: string;
  readonly end: Date;
  /** Where the log was when it ended. */
  readonly endLsn: string;
  /** The first segment of the log that it needs. */
  readonly beginSegment: number;
}

/** A part of the log, by its number since the beginning, on whichever timeline. */
export interface Segment {
  readonly number: number;
  readonly arrived: Date;
}

export interface ArchiveContents {
  /** The oldest first. */
  readonly backups: readonly BaseBackup[];
  /** In their order, each number once. */
  readonly segments: readonly Segment[];
}

/** Of the log, which is cut into files of that many bytes. */
const segmentBytes = 16n * 1024n * 1024n;

/** What the archive has of a server. */
export async function readArchive(store: Store, server: string): Promise<ArchiveContents> {
  const infos = (await store.list(`${server}/base/`)).filter(({ name }) => name.endsWith("/backup.info"));
  const backups: BaseBackup[] = [];
  for (const { name } of infos) {
    const info = (await store.text(name)) ?? "";
    const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
    if (value("status") !== "DONE") continue;
    backups.push({
      name: name.split("/").at(-2)!,
      end: new Date(value("end_time")),
      endLsn: value("end_xlog"),
      beginSegment: segmentOf(value("begin_wal")) ?? 0,
    });
  }
  const arrivals = new Map<number, Date>();
  for (const { name, modified } of await store.list(`${server}/wals/`)) {
    const number = segmentOf(name.split("/").at(-1)!);
    if (number !== undefined) arrivals.set(number, modified);
  }
  return {
    backups: backups.sort((a, b) => a.end.getTime() - b.end.getTime()),
    segments: [...arrivals].map(([number, arrived]) => ({ number, arrived })).sort((a, b) => a.number - b.number),
  };
}

/** The number of a segment by its file's name: timeline, 4 GiB, segment, eight digits each. Undefined: it is something else. */
function segmentOf(file: string): number | undefined {
  const match = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})(\.[a-z0-9]+)?$/.exec(file);
  return match ? Number(BigInt(`0x${match[1]}`) * (0x100000000n / segmentBytes) + BigInt(`0x${match[2]}`)) : undefined;
}

/**
 * Why the archive cannot bring back that moment; undefined if it can. `live`: what is not archived yet will be, because the
 * database is about to be stopped, which archives the rest of its log.
 */
export function unreachable(
  { backups, segments }: ArchiveContents,
  point: string,
  live: boolean,
  now: Date,
): string | undefined {
  const first = backups[0];
  if (!first || segments.length === 0) return "it has no base backup that was finished";
  const position = point.includes("/") ? lsn(point) : undefined;
  const time = point === "latest" || position !== undefined ? undefined : new Date(point);
  if (position !== undefined && position < lsn(first.endLsn))
    return `${point} is before its first base backup, which ends at ${first.endLsn}`;
  if (time && time < first.end)
    return `${point} is before its first base backup, which ended at ${first.end.toISOString()}`;
  if (time && time > now) return `${point} is not over yet`;

  const backup = backups.findLast(({ end, endLsn }) =>
    position !== undefined ? lsn(endLsn) <= position : !time || end <= time,
  )!;
  const { last, hole } = unbroken(
    segments.filter(({ number }) => number >= backup.beginSegment),
    backup,
  );
  const beyond = position !== undefined ? Number(position / segmentBytes) > last.number : !time || time > last.arrived;
  if (hole && beyond)
    return `its log has a hole: a part is missing after the one that arrived at ${last.arrived.toISOString()}; a moment before that can be brought back`;
  if (live || !beyond || point === "latest") return undefined;
  return `${point} is after the end of its log, which arrived at ${last.arrived.toISOString()}: "latest" brings back all there is`;
}

/** The last segment up to which none is missing, and whether there is another one after that. */
function unbroken(
  segments: readonly Segment[],
  backup: BaseBackup,
): { readonly last: Segment; readonly hole: boolean } {
  let last: Segment = { number: backup.beginSegment - 1, arrived: backup.end };
  for (const segment of segments) {
    if (segment.number > last.number + 1) return { last, hole: true };
    last = segment;
  }
  return { last, hole: false };
}

/** PostgreSQL's way to write a 64-bit number. */
function lsn(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
