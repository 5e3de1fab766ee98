/** Files of reports: what this version writes, what earlier ones wrote, and what is neither. */
import { readReport, reportText } from "../../../drills/report-file";
import { drillReport, firstReport, systemReport } from "../../support/drill-report";

test("what is written is read again, also what JSON does not have", () => {
  const report = drillReport({
    systems: [
      systemReport({
        rpo: Infinity,
        loss: { acknowledged: 1, survived: 0, lost: 1, doubled: 0, rpoSeconds: Infinity },
        rows: { begin: 1.5, seconds: 1, acknowledged: [1], lost: [1] },
      }),
    ],
  });
  expect(reportText(report)).toContain('"rpo": null');
  expect(readReport(reportText(report))).toEqual(report);
});

test("a report without a version is read, with its objectives for each system", () =>
  expect(readReport(JSON.stringify(firstReport))).toEqual({
    version: 1,
    scenario: "lost-cluster",
    title: "Disaster Recovery: database restore",
    stack: "local",
    started: "2026-10-01T08:00:00.000Z",
    ended: "2026-10-01T08:01:30.000Z",
    runs: [],
    steps: firstReport.steps,
    disaster: 1,
    recovered: 61,
    systems: [
      {
        ...{ system: "prism", rto: 60, rpo: Infinity, promised: { rto: 3600, rpo: 900 }, verified: [] },
        loss: { acknowledged: 5, survived: 0, lost: 5, doubled: 0, rpoSeconds: Infinity },
      },
      { ...firstReport.systems[1], promised: { rto: 3600, rpo: 900 }, verified: [] },
    ],
    notes: [],
  }));

test.each([
  ["{", "it is not JSON"],
  ["[]", "it is no report of a drill: Invalid input: expected object, received array"],
  ['{"hello":1}', "it is no report of a drill: scenario: Invalid input: expected string, received undefined"],
  ['{"version":3}', "its version is 3, and this Runsheet reads up to 2: use a later one"],
  [
    JSON.stringify({ ...drillReport(), started: "yesterday" }),
    "it is no report of a drill: started: Invalid ISO datetime",
  ],
])("%s is refused", (text, message) => expect(() => readReport(text)).toThrow(new Error(message)));
