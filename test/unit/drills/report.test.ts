/** Report of a drill: exact figures, objectives and evidence. */
import { duration, roundDuration } from "../../../drills/duration";
import { isMet, reportOf } from "../../../drills/report";
import { markdown } from "../../../drills/report-markdown";
import { Timeline, type Progress, type Run } from "../../../drills/timeline";
import { commit, drillReport, systemReport } from "../../support/drill-report";

const report = drillReport({
  steps: [
    { title: "write rows", begin: 0, end: 10 },
    { title: "restore <the database>", begin: 10, end: 70.5, error: "no\nluck" },
  ],
  systems: [
    systemReport({ rpo: 901, loss: { acknowledged: 100, survived: 99, lost: 1, doubled: 0, rpoSeconds: 901 } }),
    systemReport({ system: "pm", promised: { rto: 60, rpo: 0 }, restoredFrom: undefined, verified: [] }),
  ],
  notes: ["Neo4j is ahead of PostgreSQL."],
});

test("says what was promised and measured, what was lost, and what is the evidence", () =>
  expect(markdown(report, "timeline.svg")).toBe(`# point-in-time

Disaster Recovery: point-in-time recovery. Stack local, 2026-11-27T10:00:00.000Z to 2026-11-27T10:02:00.000Z. What is promised is in brackets; rows are those that were acknowledged.

|  | RTO | RPO | rows | there | lost | twice |
| --- | --- | --- | --- | --- | --- | --- |
| prism | 60.5 s (60 min 0 s) | **15 min 1 s (15 min 0 s): missed** | 100 | 99 | 1 | 0 |
| pm | **60.5 s (60.0 s): missed** | 0.0 s (0.0 s) | 100 | 100 | 0 | 0 |

![Timeline](timeline.svg)

| at | took | step |
| --- | --- | --- |
| 0.0 s | 10.0 s | write rows |
| 10.0 s | 60.5 s | restore <the database>: **failed**: no |

- Neo4j is ahead of PostgreSQL.

## Evidence

| began | run by | commit |
| --- | --- | --- |
| 2026-11-27T10:00:00.000Z | octocat (GITHUB_ACTOR) | ${commit} |

- prism: from archive of base backups and WAL: prism-1, to 2026-11-27T09:59:59.000Z.
- prism: The rows were counted.
- pm: from not recorded.
`));

test("a run without a commit, and one with changes, say so", () => {
  const [run] = report.runs as [Run];
  const runs = [
    { ...run, by: "ada", byFrom: "git" as const, clean: false },
    { ...run, commit: undefined, clean: undefined },
  ];
  const text = markdown({ ...report, runs }, "timeline.svg");
  expect(text).toContain(`| ada (git) | ${commit} with changes |`);
  expect(text).toContain("| octocat (GITHUB_ACTOR) | not recorded |");
});

test("is met when every system kept what is promised to it", () => {
  const kept = systemReport({ promised: { rto: 60.5, rpo: 0 } });
  expect(isMet({ systems: [kept] })).toBe(true);
  expect(isMet({ systems: [kept, systemReport({ promised: { rto: 60.4, rpo: 0 } })] })).toBe(false);
  const unknown = { ...kept, rpo: Infinity };
  expect(isMet({ systems: [unknown] })).toBe(false);
  expect(markdown({ ...report, systems: [unknown] }, "timeline.svg")).toContain("| **unknown (0.0 s): missed** |");
});

test("is made of a timeline and an outcome, with the objectives of each system", () => {
  const [run] = report.runs as [Run];
  const timeline = new Timeline({ run, clock: () => Date.parse("2026-11-27T10:00:00Z") });
  const { loss, verified, restoredFrom } = systemReport();
  const disaster = Date.parse("2026-11-27T10:00:10Z");
  const rows = { begin: disaster - 5000, seconds: 1, acknowledged: [3, 4], lost: [0, 1] };
  const recovery = { recovered: disaster + 60_500, loss, restoredFrom: restoredFrom!, verified };
  const systems = [
    { system: "prism", ...recovery, rows },
    { system: "pm", ...recovery, recovered: disaster + 5000 },
  ];
  const made = reportOf(
    { name: "lost-cluster", title: "A title" },
    "local",
    timeline,
    { disaster, systems },
    (system) => ({ rto: system === "pm" ? 5 : 3600, rpo: 0 }),
  );
  expect(made).toEqual({
    version: 2,
    scenario: "lost-cluster",
    title: "A title",
    stack: "local",
    started: "2026-11-27T10:00:00.000Z",
    ended: "2026-11-27T10:00:00.000Z",
    runs: [run],
    steps: [],
    disaster: 10,
    recovered: 70.5,
    systems: [
      {
        ...{ system: "prism", rto: 60.5, rpo: 0, promised: { rto: 3600, rpo: 0 }, loss, restoredFrom, verified },
        rows: { ...rows, begin: 5 },
      },
      { system: "pm", rto: 5, rpo: 0, promised: { rto: 5, rpo: 0 }, loss, restoredFrom, verified },
    ],
    notes: [],
  });
});

test("a drill that is continued has the runs of both", () => {
  const [run] = report.runs as [Run];
  const second = { ...run, by: "ada", byFrom: "git" as const };
  const progress = { started: 0, runs: [run], steps: [], results: {} };
  expect(new Timeline({ progress, run: second }).runs).toEqual([run, second]);
  // As an earlier version saved it.
  expect(new Timeline({ progress: { started: 0, steps: [], results: {} }, run }).runs).toEqual([run]);
});

test("a step that was done before an interruption is not done again", async () => {
  let saved: Progress | undefined;
  const quiet = { print: () => undefined, clock: () => 1000, save: (now: Progress) => (saved = now) };
  const before = new Timeline(quiet);
  await before.step("find", () => Promise.resolve({ live: "prism-postgresql" }));
  await expect(before.step("restore", () => Promise.reject(new Error("no backup")))).rejects.toThrow("no backup");

  const after = new Timeline({ ...quiet, progress: JSON.parse(JSON.stringify(saved)) as Progress });
  const again = jest.fn();
  expect(await after.step("find", again)).toEqual({ live: "prism-postgresql" });
  expect(again).not.toHaveBeenCalled();
  expect(await after.step("restore", () => Promise.resolve("done"))).toBe("done");
  expect(after.steps.map(({ title, error }) => [title, error])).toEqual([
    ["find", undefined],
    ["restore", "no backup"],
    ["restore", undefined],
  ]);
});

test.each([
  [0.04, "0.0 s"],
  [119.9, "119.9 s"],
  [120, "2 min 0 s"],
  [179.7, "3 min 0 s"],
  [3599, "59 min 59 s"],
])("%d seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words));

test.each([
  [0, "0 s"],
  [45, "45 s"],
  [60, "1 min"],
  [90, "90 s"],
  [900, "15 min"],
  [3600, "1 h"],
  [5400, "1 h 30 min"],
])("%d seconds of an axis are %s", (seconds, words) => expect(roundDuration(seconds)).toBe(words));

test("steps are said while they happen, and kept", async () => {
  const lines: string[] = [];
  let time = 1_000_000;
  const timeline = new Timeline({ print: (line) => lines.push(line), clock: () => time });
  await timeline.step("stop the writers", () => Promise.resolve((time += 1500)));
  const failing = timeline.step("restore", () => {
    time += 2000;
    return Promise.reject(new Error("no backup"));
  });
  await expect(failing).rejects.toThrow("no backup");
  expect(lines).toEqual([
    "    0.0 s  stop the writers ...",
    "    1.5 s  stop the writers: done in 1.5 s",
    "    1.5 s  restore ...",
    "    3.5 s  restore: FAILED after 2.0 s",
  ]);
  expect(timeline.steps).toEqual([
    { title: "stop the writers", begin: 0, end: 1.5 },
    { title: "restore", begin: 1.5, end: 3.5, error: "no backup" },
  ]);
});
