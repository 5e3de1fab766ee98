/** Section about recovery: the drills, what they promise, and what the newest one measured. */
import { duration } from "../../drills/duration";
import { readRecords } from "../../drills/history/records";
import type { Report } from "../../drills/report";
import type { Scenario } from "../../drills/scenario";
import { scenarios } from "../../drills/scenarios";
import type { Objectives } from "../../stack/drills";
import { heading, table, text, verbatim, type Block } from "./block";

/** Source of the section. */
export interface RecoverySource {
  /** Name of the stack. */
  readonly stack: string;
  /** Reports of drills. Undefined for a document that must not change from machine to machine. */
  readonly reports?: readonly Report[];
  /** Objectives of the stack, by scenario and system. Default: the scenarios' own. */
  readonly objectives?: (scenario: Scenario) => (system: string) => Objectives;
}

/** Describes the recovery of a system. */
export function recoveryOf(
  system: string,
  { stack, reports, objectives = (scenario) => () => scenario }: RecoverySource,
): Block[] {
  const possible = scenarios.filter(
    ({ systems }) => systems === "any" || systems === "stack" || systems.includes(system),
  );
  const rows = possible.map((scenario) => {
    const { rto, rpo } = objectives(scenario)(system);
    return [
      `${verbatim(scenario.name)}: ${scenario.description}`,
      duration(rto),
      duration(rpo),
      ...(reports ? [measured(scenario, system, stack, reports)] : []),
    ];
  });
  const head = ["disaster", "back within (RTO)", "loses at most (RPO)", ...(reports ? ["measured"] : [])];
  return [
    heading(2, "Recovery"),
    text(
      "[Going back to an earlier release](../recovery.md#go-back-to-an-earlier-release) and [restoring the " +
        "database](../recovery.md#restore-a-database) are changes of the configuration. A drill rehearses each disaster " +
        `below and measures it: ${verbatim(`npm run drill -- DISASTER --system ${system}`)}. One of the whole stack has no ` +
        "`--system`.",
    ),
    ...(reports
      ? []
      : [text(`What was measured depends on the machine: ${verbatim(`npm run runbook -- ${system}`)} adds it.`)]),
    table(head, rows),
  ];
}

/** Figures of the newest drill of a scenario, on this stack. */
function measured({ name }: Scenario, system: string, stack: string, reports: readonly Report[]): string {
  const newest = reports
    .filter((report) => report.scenario === name && report.stack === stack)
    .sort((a, b) => (a.started < b.started ? -1 : 1))
    .flatMap(({ started, systems }) =>
      systems.filter((each) => each.system === system).map((each) => ({ started, each })),
    )
    .at(-1);
  if (!newest) return "not measured on this machine";
  const { rto, rpo } = newest.each;
  return `RTO ${duration(rto)}, RPO ${duration(rpo)}, on ${newest.started.slice(0, 10)}`;
}

/** Reads the reports of finished drills. */
export const readReports = (directory: string, now: Date): Report[] =>
  readRecords(directory, [], now).finished.map(({ report }) => report);
