/** Report of a drill: exact figures, objectives and a timeline picture. */
import { duration, isMet, markdown, timelinePicture, type Report } from "../../../drills/report";
import { Timeline, type Progress } from "../../../drills/timeline";

const report: Report = {
  scenario: "point-in-time",
  title: "Scenario 1: Database Corruption",
  stack: "local",
  started: "2026-11-27T10:00:00.000Z",
  steps: [
    { title: "write rows", begin: 0, end: 10 },
    { title: "restore <the database>", begin: 10, end: 70.5, error: "no\nluck" },
  ],
  disaster: 10,
  recovered: 70.5,
  promised: { rto: 3600, rpo: 900 },
  systems: [
    {
      system: "prism",
      rto: 60.5,
      rpo: 901,
      loss: { acknowledged: 100, survived: 99, lost: 1, doubled: 0, rpoSeconds: 901 },
    },
  ],
  notes: ["Neo4j is ahead of PostgreSQL."],
};

test("says what was promised and measured, and what was lost", () =>
  expect(markdown(report, "timeline.svg")).toBe(`# point-in-time

Scenario 1: Database Corruption. Stack local, 2026-11-27T10:00:00.000Z. What is promised is in brackets; rows are those that were acknowledged.

|  | RTO (60 min 0 s) | RPO (15 min 0 s) | rows | there | lost | twice |
| --- | --- | --- | --- | --- | --- | --- |
| prism | 60.5 s | **15 min 1 s: missed** | 100 | 99 | 1 | 0 |

![Timeline](timeline.svg)

| at | took | step |
| --- | --- | --- |
| 0.0 s | 10.0 s | write rows |
| 10.0 s | 60.5 s | restore <the database>: **failed**: no |

- Neo4j is ahead of PostgreSQL.
`));

test("is met when every system kept what is promised", () => {
  expect(isMet(report)).toBe(false);
  expect(isMet({ ...report, promised: { rto: 60, rpo: 901 } })).toBe(false);
  expect(isMet({ ...report, promised: { rto: 60.5, rpo: 901 } })).toBe(true);
  const [system] = report.systems;
  const unknown = { ...report, systems: [{ ...system!, rpo: Infinity }] };
  expect(isMet(unknown)).toBe(false);
  expect(markdown(unknown, "timeline.svg")).toContain("| **unknown: missed** |");
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

test("the picture has a bar for each step, and the two moments", () => {
  const picture = timelinePicture(report);
  expect(picture.match(/<rect x=/g)).toHaveLength(2);
  expect(picture).toContain("restore &lt;the database&gt;");
  expect(picture).toContain("disaster 10.0 s");
  expect(picture).toContain("recovered 70.5 s");
});

test.each([
  [0.04, "0.0 s"],
  [119.9, "119.9 s"],
  [120, "2 min 0 s"],
  [179.7, "3 min 0 s"],
  [3599, "59 min 59 s"],
])("%d seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words));

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
