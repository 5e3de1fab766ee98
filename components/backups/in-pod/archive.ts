/** What an archive can bring back: Barman's base backups and the log after them, as they lie in an object store. */
import type { Store } from "../../object-store/in-pod/client";

/** A base backup that was finished. */
export interface BaseBackup {
  readonly name: string;
  readonly end: Date;
  /** Where the log was when it ended. */
  readonly endLsn: string;
  /** The first segment of the log that it needs. */
  readonly beginSegment: number;
}

/** A part of the log, by its number since the beginning, on the timeline that recovery follows there. */
export interface Segment {
  readonly number: number;
  readonly arrived: Date;
}

/** A file of the log: a failover begins a new timeline in the middle of a segment, and what is behind it on the old one is lost. */
export interface LogFile extends Segment {
  readonly timeline: number;
}

/** Why an archive cannot bring back a moment. */
export interface Unreachable {
  readonly why: string;
  /** Whether a part of the log that arrives later mends it. */
  readonly late: boolean;
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
  const files = (await store.list(`${server}/wals/`)).flatMap(({ name, modified }): LogFile[] => {
    const file = name.split("/").at(-1)!;
    const number = segmentOf(file);
    return number === undefined ? [] : [{ number, timeline: parseInt(file.slice(0, 8), 16), arrived: modified }];
  });
  return { backups: backups.sort((a, b) => a.end.getTime() - b.end.getTime()), segments: followed(files) };
}

/**
 * The segments that recovery replays, in their order: each on the newest timeline that had begun by then. A file of the same
 * number on an abandoned timeline does not stand for one that is missing.
 */
export function followed(files: readonly LogFile[]): Segment[] {
  const newestFirst = [...files].sort((a, b) => b.timeline - a.timeline || a.number - b.number);
  const segments: Segment[] = [];
  let end = Infinity;
  let timeline: number | undefined;
  let begin = Infinity;
  for (const file of newestFirst) {
    if (file.timeline !== timeline) [timeline, end] = [file.timeline, Math.min(end, begin)];
    if (file.number >= end) continue;
    begin = Math.min(begin, file.number);
    segments.push({ number: file.number, arrived: file.arrived });
  }
  return segments.sort((a, b) => a.number - b.number);
}

/** The number of a segment by its file's name: timeline, 4 GiB, segment, eight digits each. Undefined: it is something else. */
function segmentOf(file: string): number | undefined {
  const match = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})(\.[a-z0-9]+)?$/.exec(file);
  return match ? Number(BigInt(`0x${match[1]}`) * (0x100000000n / segmentBytes) + BigInt(`0x${match[2]}`)) : undefined;
}

/** Why the archive cannot bring back that moment; undefined if it can. */
export function unreachable({ backups, segments }: ArchiveContents, point: string, now: Date): Unreachable | undefined {
  const never = (why: string) => ({ why, late: false });
  const first = backups[0];
  if (!first || segments.length === 0) return never("it has no base backup that was finished");
  const position = point.includes("/") ? lsn(point) : undefined;
  const time = point === "latest" || position !== undefined ? undefined : new Date(point);
  if (position !== undefined && position < lsn(first.endLsn))
    return never(`${point} is before its first base backup, which ends at ${first.endLsn}`);
  if (time && time < first.end)
    return never(`${point} is before its first base backup, which ended at ${first.end.toISOString()}`);
  if (time && time > now) return never(`${point} is not over yet`);

  const backup = backups.findLast(({ end, endLsn }) =>
    position !== undefined ? lsn(endLsn) <= position : !time || end <= time,
  )!;
  const { last, hole } = unbroken(
    segments.filter(({ number }) => number >= backup.beginSegment),
    backup,
  );
  const beyond = position !== undefined ? segmentAt(position) > last.number : !time || time > last.arrived;
  if (hole && beyond)
    return {
      why: `its log has a hole: a part is missing after the one that arrived at ${last.arrived.toISOString()}; a moment before that can be brought back`,
      late: true,
    };
  if (!beyond || point === "latest") return undefined;
  return {
    why: `${point} is after the end of its log, which arrived at ${last.arrived.toISOString()}: "latest" brings back all there is`,
    late: true,
  };
}

/** The number of the segment that a position of the log lies in. */
export const segmentAt = (position: bigint | string): number =>
  Number((typeof position === "string" ? lsn(position) : position) / segmentBytes);

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
