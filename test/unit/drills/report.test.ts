/** The report of a drill: exact figures, whether the objectives were met, and a picture. */
import { duration, markdown, timelinePicture, type Report } from "../../../drills/report";
import { Timeline } from "../../../drills/timeline";

const report: Report = {
  scenario: "point-in-time",
  title: "Scenario 1: Database Corruption",
  system: "prism",
  stack: "local",
  started: "2026-11-27T10:00:00.000Z",
  steps: [
    { title: "write rows", begin: 0, end: 10 },
    { title: "restore <the database>", begin: 10, end: 70.5, error: "no\nluck" },
  ],
  disaster: 10,
  recovered: 70.5,
  objectives: [
    { name: "RTO", seconds: 60.5, promised: 3600 },
    { name: "RPO", seconds: 901, promised: 900 },
  ],
  loss: { acknowledged: 100, survived: 99, lost: 1, doubled: 0, rpoSeconds: 901 },
  notes: ["Neo4j is ahead of PostgreSQL."],
};

test("says what was promised and measured, and what was lost", () =>
  expect(markdown(report, "timeline.svg")).toBe(`# point-in-time: prism

Scenario 1: Database Corruption. Stack local, 2026-11-27T10:00:00.000Z.

|  | measured | promised |  |
| --- | --- | --- | --- |
| RTO | 60.5 s | 60 min 0 s | met |
| RPO | 15 min 1 s | 15 min 0 s | **missed** |

100 rows were acknowledged; 99 are there, 1 are lost, 0 are there twice.

![Timeline](timeline.svg)

| at | took | step |
| --- | --- | --- |
| 0.0 s | 10.0 s | write rows |
| 10.0 s | 60.5 s | restore <the database>: **failed**: no |

- Neo4j is ahead of PostgreSQL.
`));

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
