/** Drills that are due: the last success within the configured days, for each system that can run them. */
import { dueOn, dueText } from "../../../../drills/history/due";
import type { Records } from "../../../../drills/history/records";
import type { Report } from "../../../../drills/report";
import { StackSettings } from "../../../../drills/stack-settings";
import { drillReport, systemReport } from "../../../support/drill-report";

const now = new Date("2026-12-01T12:00:00Z");
const records = (...reports: Report[]): Records => ({
  finished: reports.map((report) => ({ file: "report.json", sha256: "", report })),
  unfinished: [],
  leftOut: [],
});
const stack = (config: Readonly<Record<string, unknown>>) =>
  new StackSettings("local", { config: { "runsheet:systems": ["prism", "pm"], ...config } });
const every = (drills: Readonly<Record<string, number>>, config = {}) =>
  stack({ "runsheet:drills": { every: drills }, ...config });
const overdue = (settings: StackSettings, ...reports: Report[]) =>
  dueOn(settings, records(...reports), now)
    .filter(({ isOverdue }) => isOverdue)
    .map(dueText);

test("nothing is due without a period", () => expect(dueOn(stack({}), records(), now)).toEqual([]));

test("a drill that never succeeded is overdue on each system", () =>
  expect(overdue(every({ "point-in-time": 30 }))).toEqual([
    "point-in-time on prism of the stack local, every 30 days: it never succeeded",
    "point-in-time on pm of the stack local, every 30 days: it never succeeded",
  ]));

test.each([
  ["2026-11-01T12:00:00.000Z", []],
  [
    "2026-11-01T11:59:59.000Z",
    ["point-in-time on prism of the stack local, every 30 days: it last succeeded at 2026-11-01T11:59:59.000Z"],
  ],
])("the period ends with the second: %s", (ended, expected) => {
  const settings = every({ "point-in-time": 30 }, { "runsheet:systems": ["prism"] });
  expect(overdue(settings, drillReport({ ended }))).toEqual(expected);
});

test("a drill that missed, or of another stack, system or scenario, is no success", () => {
  const settings = every({ "point-in-time": 1 }, { "runsheet:systems": ["prism"] });
  const ended = now.toISOString();
  expect(overdue(settings, drillReport({ ended }))).toEqual([]);
  for (const other of [
    drillReport({ ended, systems: [systemReport({ rpo: Infinity })] }),
    drillReport({ ended, stack: "production" }),
    drillReport({ ended, systems: [systemReport({ system: "pm" })] }),
    drillReport({ ended, scenario: "failover" }),
  ])
    expect(overdue(settings, other)).toEqual([
      "point-in-time on prism of the stack local, every day: it never succeeded",
    ]);
});

test("a drill of the whole stack is due once", () => {
  const settings = every({ "lost-cluster": 90 }, { "runsheet:protect": "false" });
  const never = "lost-cluster on stack of the stack local, every 90 days: it never succeeded";
  expect(overdue(settings)).toEqual([never]);
  const all = { scenario: "lost-cluster", ended: now.toISOString() };
  expect(overdue(settings, drillReport({ ...all, systems: [systemReport(), systemReport({ system: "pm" })] }))).toEqual(
    [],
  );
  expect(
    overdue(settings, drillReport({ ...all, systems: [systemReport(), systemReport({ system: "pm", rto: 9999 })] })),
  ).toEqual([never]);
});

test("a system that cannot run a drill is named, and is not overdue where others can", () => {
  const settings = every({ "point-in-time": 30 }, { "pm:postgres": { engine: "existing" } });
  expect(overdue(settings)).toHaveLength(1);
  expect(dueOn(settings, records(), now).map(dueText)[1]).toBe(
    "point-in-time on pm of the stack local, every 30 days: it cannot be run: the database of pm exists without the " +
      "stack local: this drill is for databases that the stack makes",
  );
});

test.each([
  [
    "lost-cluster",
    "lost-cluster on stack of the stack local, every 5 days: it cannot be run: the stack local protects its data, so " +
      "pulumi destroy fails: use a stack with runsheet:protect false",
  ],
  [
    "redis-failure",
    "redis-failure on none of the stack local, every 5 days: it cannot be run: the stack local has none of the systems " +
      "that it is for",
  ],
])("a drill that nobody can run is overdue, since nothing shows what it would: %s", (scenario, text) =>
  expect(overdue(every({ [scenario]: 5 }))).toEqual([text]),
);
