/** Report of a deployment as Markdown, for people. */
import { fenced, table } from "../../drawing/markdown";
import { commit, starter } from "../../drills/report-markdown";
import { durationOf } from "../../runbook/content/durations";
import type { System } from "../deployment";
import { countsOf, operationWord, releaseOf, runWords, stateWords } from "../words";
import type { Report } from "./report";

type ReportedStep = Report["others"][number];

/** Formats the report. */
export function markdown(report: Report): string {
  const { stack, result, began, ended, run, systems, others, counts, failures, warnings } = report;
  const took = durationOf(Date.parse(ended) - Date.parse(began));
  const by = run ? `Started by ${starter(run)}, commit ${commit(run)}.` : "Who started it was not recorded.";
  return [
    `# Deployment of ${stack}`,
    `${runWords[result]}. ${began} to ${ended}, ${took}. ${by} Resources: ${countsOf(counts) || "none"}.`,
    ...systems.flatMap((system) => [
      `## ${system.title}`,
      ...releaseLine(system),
      table(["step", "state", "took"], system.steps.map(row)),
      ...system.steps.flatMap(details),
    ]),
    ...(others.length > 0
      ? ["## Beside the steps", table(["component", "state", "took"], others.map(row)), ...others.flatMap(details)]
      : []),
    ...(failures.length > 0 ? ["## Errors", ...failures.map(failure)] : []),
    ...(warnings.length > 0 ? ["## Warnings", ...warnings.map(failure)] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

const releaseLine = (system: Pick<System, "release">): string[] => {
  const release = releaseOf(system);
  return release === undefined ? [] : [`Release ${release}.`];
};

const row = ({ title, state, seconds }: ReportedStep) => [
  title.replaceAll("|", "\\|"),
  state === "failed" ? `**${stateWords[state]}**` : stateWords[state],
  seconds === undefined || state === "unchanged" ? "" : durationOf(1000 * seconds),
];

/** Lists the changes of a step, and its errors. */
function details({ title, work, failures }: ReportedStep): string[] {
  if (work.length === 0 && failures.length === 0) return [];
  const items = work.map(({ operation, kind, name }) => `- ${operationWord(operation as "same")} ${kind} \`${name}\``);
  return [`**${title}**`, ...(items.length > 0 ? [items.join("\n")] : []), ...failures.map(failure)];
}

const failure = ({ resource, message }: Report["failures"][number]) =>
  `${resource === undefined ? "" : `\`${resource}\`:\n\n`}${fenced("text", message)}`;
