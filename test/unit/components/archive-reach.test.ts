/** Whether an archive can bring a moment back: asked before a database is given up for it. */
import { unreachable, type ArchiveContents, type Segment } from "../../../components/restore/archive";

const at = (time: string) => new Date(`2026-11-27T${time}Z`);
const backup = { name: "20261127T060000", end: at("06:00:10"), endLsn: "0/5000120", beginSegment: 5 };
/** One segment each half an hour, from six o'clock on. */
const segments = (...numbers: number[]): Segment[] =>
  numbers.map((number) => ({ number, arrived: new Date(at("06:00:00").getTime() + (number - 5) * 1_800_000) }));
const archive: ArchiveContents = { backups: [backup], segments: segments(5, 6, 7, 8, 9, 10, 11) };
const now = at("10:00:00");
const asked = (point: string, live = false, contents = archive) => unreachable(contents, point, live, now);

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
  ["2026-11-27T10:00:01Z", "2026-11-27T10:00:01Z is not over yet"],
  [
    "2026-11-27T09:00:01Z",
    '2026-11-27T09:00:01Z is after the end of its log, which arrived at 2026-11-27T09:00:00.000Z: "latest" brings back all there is',
  ],
  [
    "0/C000000",
    '0/C000000 is after the end of its log, which arrived at 2026-11-27T09:00:00.000Z: "latest" brings back all there is',
  ],
])("%s cannot be", (point, why) => expect(asked(point)).toBe(why));

test("what a live database has not archived yet it will, when it is stopped", () => {
  expect(asked("2026-11-27T09:59:00Z", true)).toBeUndefined();
  expect(asked("0/C000000", true)).toBeUndefined();
});

describe("a part of the log is missing", () => {
  const broken = { ...archive, segments: segments(5, 6, 7, 9, 10, 11) };
  const hole =
    "its log has a hole: a part is missing after the one that arrived at 2026-11-27T07:00:00.000Z; a moment before that can be brought back";

  test.each(["latest", "2026-11-27T07:00:01Z", "0/8000000"])("%s is behind it", (point) => {
    expect(asked(point, false, broken)).toBe(hole);
    expect(asked(point, true, broken)).toBe(hole);
  });

  test.each(["2026-11-27T07:00:00Z", "0/7FFFFFF"])("%s is before it", (point) =>
    expect(asked(point, false, broken)).toBeUndefined(),
  );

  test("a base backup after it makes up for it", () => {
    const later = { name: "20261127T083000", end: at("08:30:10"), endLsn: "0/A000120", beginSegment: 10 };
    const backups = [backup, later];
    expect(asked("latest", false, { ...broken, backups })).toBeUndefined();
    expect(asked("2026-11-27T08:00:00Z", false, { ...broken, backups })).toBe(hole);
  });

  test("also the base backup's own", () =>
    expect(asked("latest", false, { ...archive, segments: segments(6, 7) })).toContain("its log has a hole"));
});

test("an archive without a finished base backup brings nothing back", () => {
  const nothing = "it has no base backup that was finished";
  expect(asked("latest", true, { ...archive, backups: [] })).toBe(nothing);
  expect(asked("latest", true, { ...archive, segments: [] })).toBe(nothing);
});
