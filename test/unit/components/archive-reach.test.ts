/** Whether an archive can bring a moment back: asked before a database is given up for it. */
import { unreachable, type ArchiveContents } from "../../../components/restore/archive";

const at = (time: string) => new Date(`2026-11-27T${time}Z`);
const backup = { name: "20261127T060000", end: at("06:00:10"), endLsn: "0/5000120" };
const archive: ArchiveContents = { backups: [backup], lastLog: at("09:00:00") };
const now = at("10:00:00");
const asked = (point: string, live = false, contents = archive) => unreachable(contents, point, live, now);

test.each(["latest", "2026-11-27T06:00:10Z", "2026-11-27T09:00:00+00:00", "0/5000120", "1/0"])("%s can be", (point) =>
  expect(asked(point)).toBeUndefined(),
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
])("%s cannot be", (point, why) => expect(asked(point)).toBe(why));

test("what a live database has not archived yet it will, when it is stopped", () =>
  expect(asked("2026-11-27T09:59:00Z", true)).toBeUndefined());

test("an archive without a finished base backup brings nothing back", () => {
  expect(asked("latest", true, { backups: [], lastLog: at("09:00:00") })).toBe(
    "it has no base backup that was finished",
  );
  expect(asked("latest", true, { backups: [backup], lastLog: undefined })).toBe(
    "it has no base backup that was finished",
  );
});
