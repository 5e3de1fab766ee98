/** Directories of drills: one that was interrupted is not begun anew without a word. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { directoryOf, interrupted } from "../../../drills/directory";
import { endProgress } from "../../../drills/progress-file";

let reports: string;
beforeEach(() => (reports = mkdtempSync(join(tmpdir(), "runsheet-reports-"))));
afterEach(() => rmSync(reports, { recursive: true }));

const drill = { scenario: "failover", system: "prism", stack: "local" };
const name = "local-prism-failover-20261201T100000Z";
function left(directory: string, ...files: readonly string[]): string {
  mkdirSync(join(reports, directory));
  for (const file of files) writeFileSync(join(reports, directory, file), "");
  return join(reports, directory);
}

test("a drill that begins has a directory of its own, which is not made yet", () => {
  const directory = directoryOf(reports, drill, false);
  expect(basename(directory)).toMatch(/^local-prism-failover-\d{8}T\d{6}Z$/);
  expect(existsSync(directory)).toBe(false);
});

test("an interrupted one is continued, and not begun anew", () => {
  const directory = left(name, "progress.json", "progress.sealed");
  expect(directoryOf(reports, drill, true)).toBe(directory);
  expect(() => directoryOf(reports, drill, false)).toThrow(
    `this drill was interrupted: continue it with --continue, or end it as "An interrupted drill" in docs/drills.md says, and remove reports/${name}`,
  );
});

test.each([
  ["that has a report", name, ["progress.json", "progress.sealed", "report.json"]],
  ["in which no step has ended", name, ["progress.sealed"]],
  ["of another system", "local-pm-failover-20261201T100000Z", ["progress.json", "progress.sealed"]],
])("one %s is not interrupted", (_, directory, files) => {
  left(directory, ...files);
  expect(interrupted(reports, drill)).toEqual([]);
  expect(() => directoryOf(reports, drill, true)).toThrow(
    "there is no interrupted drill to continue: leave out --continue",
  );
});

test("one that was ended stays on record, and is not in the way", () => {
  const directory = left(name, "progress.json", "progress.sealed");
  endProgress(directory);
  expect(interrupted(reports, drill)).toEqual([]);
  expect(existsSync(join(directory, "progress.json"))).toBe(true);
});
