import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportOf } from "../../../../drills/report";
import type { Scenario } from "../../../../drills/scenario";
import { scenarios } from "../../../../drills/scenarios";
import { Timeline } from "../../../../drills/timeline";
import { readReports, recoveryOf } from "../../../../runbook/content/recovery";
import { markdown } from "../../../../runbook/render/markdown";

const directory = mkdtempSync(join(tmpdir(), "runsheet-reports-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes the report of a failover of PRISM as a drill writes it. */
function drilled(name: string, stack: string, started: string, seconds: number, rpoSeconds: number): void {
  const scenario = scenarios.find((each) => each.name === "failover")!;
  const timeline = new Timeline({ progress: undefined, save: () => undefined });
  const evidence = { restoredFrom: { kind: "replica" }, verified: [] } as const;
  const loss = { acknowledged: 1, survived: 1, lost: 0, doubled: 0, rpoSeconds };
  const outcome = { disaster: 0, systems: [{ system: "prism", recovered: seconds * 1000, loss, ...evidence }] };
  mkdirSync(join(directory, name));
  const report = { ...reportOf(scenario, stack, timeline, outcome, () => scenario), started };
  writeFileSync(join(directory, name, "report.json"), JSON.stringify(report));
}

drilled("newer", "local", "2026-11-02T10:00:00.000Z", 4.5, Infinity);
drilled("older", "local", "2026-11-01T10:00:00.000Z", 9, 0);
drilled("elsewhere", "other", "2026-11-03T10:00:00.000Z", 1, 0);
mkdirSync(join(directory, "interrupted"));

/** PRISM's own objectives. */
const objectives = (scenario: Scenario) => (system: string) =>
  system === "prism" ? { rto: 20, rpo: 5 } : { rto: scenario.rto, rpo: scenario.rpo };
const rowOf = (scenario: string, system: string) =>
  markdown(recoveryOf(system, { stack: "local", reports: readReports(directory, new Date()), objectives }))
    .split("\n")
    .find((line) => line.startsWith(`| \`${scenario}\``))
    ?.split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());

test("the figures are those of the newest drill on this stack", () => {
  expect(rowOf("failover", "prism")).toEqual(["20.0 s", "5.0 s", "RTO 4.5 s, RPO unknown, on 2026-11-02"]);
});

test("a disaster that was not rehearsed on this machine says so", () => {
  expect(rowOf("failover", "pm")).toEqual(["30.0 s", "0.0 s", "not measured on this machine"]);
});

test("a disaster of other systems is left out", () => {
  expect(rowOf("model-volume", "prism")).toBeUndefined();
});

test("a document that is the same on every machine has no figures", () => {
  expect(markdown(recoveryOf("prism", { stack: "local" }))).not.toContain("measured |");
});

test("without a directory of reports there are none", () => {
  expect(readReports(join(directory, "nowhere"), new Date())).toEqual([]);
});
