/** Drills on record: what counts, what does not, and why. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ofStack, readRecords } from "../../../../drills/history/records";
import { DrillsOnRecord } from "../../../support/drills-on-record";
import { drillReport } from "../../../support/drill-report";

let project: DrillsOnRecord;
beforeEach(() => (project = new DrillsOnRecord()));
afterEach(() => project.remove());

const read = (...from: string[]) =>
  readRecords(
    join(project.root, "reports"),
    from.map((name) => join(project.root, name)),
    new Date("2026-12-01T12:00:00Z"),
  );
const unfinished = "production-ai-backend-point-in-time-20261128T080000Z";
const progress = (steps: object[]) => JSON.stringify({ started: Date.UTC(2026, 10, 28, 8), steps, results: {} });

test("without a directory there is no drill", () =>
  expect(read()).toEqual({ finished: [], unfinished: [], leftOut: [] }));

test("reports of all directories are there, the newest first, each with its checksum", () => {
  project
    .report("old", drillReport({ started: "2026-10-01T10:00:00.000Z" }))
    .report("new", drillReport({ started: "2026-11-01T10:00:00.000Z" }), "artifacts/run-7")
    .report("middle", drillReport({ started: "2026-10-15T10:00:00.000Z" }), "artifacts");
  const { finished } = read("artifacts");
  expect(finished.map(({ report }) => report.started.slice(0, 10))).toEqual(["2026-11-01", "2026-10-15", "2026-10-01"]);
  const [{ file, sha256 }] = finished as [(typeof finished)[number]];
  expect(file).toBe(join(project.root, "artifacts/run-7/new/report.json"));
  expect(sha256).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
});

test("a report that is there twice counts once", () => {
  project.report("one", drillReport()).report("copy", drillReport(), "artifacts");
  expect(read("artifacts", "artifacts").finished).toHaveLength(1);
});

test("files that are broken or foreign are left out, with the reason", () => {
  project.report("good", drillReport()).report("broken", "{").report("foreign", '{"version":9}');
  project.file(`reports/${unfinished}/progress.json`, "{").file("reports/other/progress.json", progress([]));
  const { finished, leftOut } = read();
  expect(finished).toHaveLength(1);
  expect(leftOut.map(({ file, reason }) => [file.slice(project.root.length + 1), reason])).toEqual([
    ["reports/broken/report.json", "it is not JSON"],
    ["reports/foreign/report.json", "its version is 9, and this Runsheet reads up to 2: use a later one"],
    ["reports/other/progress.json", "its directory has not the name of a drill"],
    [`reports/${unfinished}/progress.json`, "it is not JSON"],
  ]);
});

test.each([
  ["2026-12-01T12:00:00.000Z", 1, []],
  ["2026-12-01T12:00:00.001Z", 0, ["it ended in the future, at 2026-12-01T12:00:00.001Z"]],
])("a report counts once it has ended: %s", (ended, count, reasons) => {
  project.report("one", drillReport({ ended }));
  const { finished, leftOut } = read();
  expect(finished).toHaveLength(count);
  expect(leftOut.map(({ reason }) => reason)).toEqual(reasons);
});

test("a directory that is not there is refused", () =>
  expect(() => read("artifacts")).toThrow(`--from ${project.root}/artifacts: it is no directory`));

test("a drill that failed is not finished, and one that was continued to its end is", () => {
  const steps = [{ title: "find" }, { title: "restore", error: "no backup" }];
  project.file(`reports/${unfinished}/progress.json`, progress(steps));
  project.report("continued", drillReport()).file("reports/continued/progress.json", progress(steps));
  expect(read().unfinished).toEqual([
    {
      file: join(project.root, "reports", unfinished, "progress.json"),
      stack: "production",
      system: "ai-backend",
      scenario: "point-in-time",
      started: "2026-11-28T08:00:00.000Z",
      runs: [],
      step: "restore",
      error: "no backup",
    },
  ]);
});

test("a progress without a step is left out", () => {
  project.file(`reports/${unfinished}/progress.json`, progress([]));
  expect(read().leftOut.map(({ reason }) => reason)).toEqual(["it is no progress of a drill"]);
});

test("the drills of one stack", () => {
  project.report("one", drillReport()).report("two", drillReport({ stack: "production" }));
  project.file(`reports/${unfinished}/progress.json`, progress([{ title: "find" }]));
  const { finished, unfinished: open } = ofStack(read(), "production");
  expect(finished.map(({ report }) => report.stack)).toEqual(["production"]);
  expect(open).toHaveLength(1);
  expect(ofStack(read(), "local").unfinished).toEqual([]);
});
