/** Check that an archive can restore a point in time. It runs before a database is given up for the restore. */
import {
  followed,
  unreachable,
  type ArchiveContents,
  type Segment,
} from "../../../../../components/backups/in-pod/archive";

const at = (time: string) => new Date(`2026-11-27T${time}Z`);
const backup = { name: "20261127T060000", end: at("06:00:10"), endLsn: "0/5000120", beginSegment: 5 };
/** WAL segments that arrive every half hour. Segment 5 arrives at 06:00. */
const segments = (...numbers: number[]): Segment[] =>
  numbers.map((number) => ({ number, arrived: new Date(at("06:00:00").getTime() + (number - 5) * 1_800_000) }));
const archive: ArchiveContents = { backups: [backup], segments: segments(5, 6, 7, 8, 9, 10, 11) };
const now = at("10:00:00");
const asked = (point: string, contents = archive) => unreachable(contents, point, now);

test.each(["latest", "2026-11-27T06:00:10Z", "2026-11-27T09:00:00+00:00", "0/5000120", "0/BFFFFFF"])(
  "%s can be",
  (point) => expect(asked(point)).toBeUndefined(),
);

test.each([
  [
    "2026-11-27T06:00:09Z",
    "2026-11-27T06:00:09Z is before its first base backup, which ended at 2026-11-27T06:00:10.000Z",
  ],
  ["0/5000119", "0/5000119 is before its first base backup, which ends at 0/5000120"],
  ["2026-11-27T10:00:01Z", "2026-11-27T10:00:01Z is in the future"],
  [
    "2026-11-27T09:00:01Z",
    '2026-11-27T09:00:01Z is after the end of its WAL, which arrived at 2026-11-27T09:00:00.000Z; "latest" restores all of it',
  ],
  [
    "0/C000000",
    '0/C000000 is after the end of its WAL, which arrived at 2026-11-27T09:00:00.000Z; "latest" restores all of it',
  ],
])("%s cannot be", (point, why) => expect(asked(point)?.why).toBe(why));

test("missing segments may still arrive; a moment outside the archive never does", () => {
  expect(asked("2026-11-27T09:59:00Z")?.late).toBe(true);
  expect(asked("0/C000000")?.late).toBe(true);
  expect(asked("2026-11-27T06:00:09Z")?.late).toBe(false);
  expect(asked("2026-11-27T10:00:01Z")?.late).toBe(false);
});

describe("a part of the log is missing", () => {
  const broken = { ...archive, segments: segments(5, 6, 7, 9, 10, 11) };
  const hole =
    "its WAL has a gap after the segment that arrived at 2026-11-27T07:00:00.000Z; a time before that can be restored";

  test.each(["latest", "2026-11-27T07:00:01Z", "0/8000000"])("%s is behind it", (point) => {
    expect(asked(point, broken)).toEqual({ why: hole, late: true });
  });

  test.each(["2026-11-27T07:00:00Z", "0/7FFFFFF"])("%s is before it", (point) =>
    expect(asked(point, broken)).toBeUndefined(),
  );

  test("a base backup after it makes up for it", () => {
    const later = { name: "20261127T083000", end: at("08:30:10"), endLsn: "0/A000120", beginSegment: 10 };
    const backups = [backup, later];
    expect(asked("latest", { ...broken, backups })).toBeUndefined();
    expect(asked("2026-11-27T08:00:00Z", { ...broken, backups })?.why).toBe(hole);
  });

  test("also the base backup's own", () =>
    expect(asked("latest", { ...archive, segments: segments(6, 7) })?.why).toContain("its WAL has a gap"));
});

test("an archive without a finished base backup brings nothing back", () => {
  const nothing = "it has no finished base backup";
  expect(asked("latest", { ...archive, backups: [] })).toEqual({ why: nothing, late: false });
  expect(asked("latest", { ...archive, segments: [] })).toEqual({ why: nothing, late: false });
});

describe("after a failover", () => {
  const log = (timeline: number, ...numbers: number[]) => segments(...numbers).map((each) => ({ ...each, timeline }));
  const numbers = (...files: ReturnType<typeof log>) => followed(files).map(({ number }) => number);

  test("what the old primary archived behind the switch does not count", () =>
    expect(numbers(...log(1, 5, 6, 7, 8), ...log(2, 7, 8, 9))).toEqual([5, 6, 7, 8, 9]));

  test("a segment on the abandoned timeline does not hide that the new one lacks it", () => {
    const files = [...log(1, 5, 6, 7, 8), ...log(2, 7, 9)];
    expect(numbers(...files)).toEqual([5, 6, 7, 9]);
    expect(asked("latest", { ...archive, segments: followed(files) })?.why).toContain("its WAL has a gap");
  });

  test("a timeline that was abandoned twice begins before the one after it", () =>
    expect(numbers(...log(1, 5, 6, 7, 8), ...log(2, 8, 9), ...log(3, 7, 8))).toEqual([5, 6, 7, 8]));
});
