/** Contents of an archive in the object store: Barman's base backups and the WAL after them. */
import type { Store } from "../../object-store/in-pod/client";

/** Finished base backup. */
export interface BaseBackup {
  readonly name: string;
  readonly end: Date;
  /** LSN at its end. */
  readonly endLsn: string;
  /** Number of the first WAL segment that it needs. */
  readonly beginSegment: number;
}

/** WAL segment by its number since the beginning, on the timeline that recovery follows. */
export interface Segment {
  readonly number: number;
  readonly arrived: Date;
}

/** File of a WAL segment. A failover begins a new timeline within a segment; what follows on the old one is lost. */
export interface LogFile extends Segment {
  readonly timeline: number;
}

/** Reason for which an archive cannot restore a point. */
export interface Unreachable {
  readonly why: string;
  /** True if WAL that arrives later may remove the reason. */
  readonly late: boolean;
}

export interface ArchiveContents {
  /** Base backups, the oldest first. */
  readonly backups: readonly BaseBackup[];
  /** Segments in ascending order, each number once. */
  readonly segments: readonly Segment[];
}

/** Size of a WAL segment in bytes. */
const segmentBytes = 16n * 1024n * 1024n;

/** Reads the archive of a server. */
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
 * Lists the segments that recovery replays, in ascending order, each on the newest timeline that had begun by then. A
 * file of the same number on an abandoned timeline does not stand in for a missing one.
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

/**
 * Parses the number of a segment from its file name: timeline, 4 GiB, segment, eight digits each. Undefined for other
 * files.
 */
function segmentOf(file: string): number | undefined {
  const match = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})(\.[a-z0-9]+)?$/.exec(file);
  return match ? Number(BigInt(`0x${match[1]}`) * (0x100000000n / segmentBytes) + BigInt(`0x${match[2]}`)) : undefined;
}

/** Explains why the archive cannot restore that point. Undefined if it can. */
export function unreachable({ backups, segments }: ArchiveContents, point: string, now: Date): Unreachable | undefined {
  const never = (why: string) => ({ why, late: false });
  const first = backups[0];
  if (!first || segments.length === 0) return never("it has no finished base backup");
  const position = point.includes("/") ? lsn(point) : undefined;
  const time = point === "latest" || position !== undefined ? undefined : new Date(point);
  if (position !== undefined && position < lsn(first.endLsn))
    return never(`${point} is before its first base backup, which ends at ${first.endLsn}`);
  if (time && time < first.end)
    return never(`${point} is before its first base backup, which ended at ${first.end.toISOString()}`);
  if (time && time > now) return never(`${point} is in the future`);

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
      why: `its WAL has a gap after the segment that arrived at ${last.arrived.toISOString()}; a time before that can be restored`,
      late: true,
    };
  if (!beyond || point === "latest") return undefined;
  return {
    why: `${point} is after the end of its WAL, which arrived at ${last.arrived.toISOString()}; "latest" restores all of it`,
    late: true,
  };
}

/** Returns the number of the segment that holds an LSN. */
export const segmentAt = (position: bigint | string): number =>
  Number((typeof position === "string" ? lsn(position) : position) / segmentBytes);

/** Finds the last segment before the first gap, and whether there are segments after it. */
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

/** Parses an LSN. */
function lsn(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
