/** Report of a drill as Markdown, for people. */
import { table } from "../drawing/markdown";
import { duration } from "./duration";
import type { Report } from "./report";
import type { Source } from "./scenario";
import type { Run } from "./timeline";

/** Formats the report. `picture` is the file of its timeline. */
export function markdown(report: Report, picture: string): string {
  const { scenario, title, stack, started, ended, runs, steps, systems, notes } = report;
  const figure = (seconds: number, limit: number) => {
    const text = `${duration(seconds)} (${duration(limit)})`;
    return seconds <= limit ? text : `**${text}: missed**`;
  };
  const rows = systems.map(({ system, rto, rpo, promised, loss }) => [
    system,
    figure(rto, promised.rto),
    figure(rpo, promised.rpo),
    ...[loss.acknowledged, loss.survived, loss.lost, loss.doubled].map(String),
  ]);
  return [
    `# ${scenario}`,
    `${title}. Stack ${stack}, ${started} to ${ended}. What is promised is in brackets; rows are those that were acknowledged.`,
    table(["", "RTO", "RPO", "rows", "there", "lost", "twice"], rows),
    `![Timeline](${picture})`,
    table(
      ["at", "took", "step"],
      steps.map(({ title: step, begin, end, error }) => [
        `${begin.toFixed(1)} s`,
        `${(end - begin).toFixed(1)} s`,
        error ? `${step}: **failed**: ${error.split("\n")[0]}` : step,
      ]),
    ),
    ...(notes.length > 0 ? [list(notes)] : []),
    "## Evidence",
    table(
      ["began", "run by", "commit"],
      runs.map((run) => [run.began, starter(run), commit(run)]),
    ),
    list(
      systems.flatMap(({ system, restoredFrom, verified }) => [
        `${system}: from ${source(restoredFrom)}.`,
        ...verified.map((sentence) => `${system}: ${sentence}`),
      ]),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Says who started a run. */
export const starter = ({ by, byFrom }: Run): string => `${by} (${byFrom})`;

/** Names the commit of a run, and whether the project differed from it. */
export const commit = ({ commit, clean }: Run): string =>
  commit === undefined ? "not recorded" : `${commit}${clean === false ? " with changes" : ""}`;

/** Says what a system was restored from, and what of it is not known. */
export function source(from: Source | undefined): string {
  if (!from) return "not recorded";
  const details = [from.name, from.time && `to ${from.time}`, from.sha256 && `SHA-256 ${from.sha256}`].filter(Boolean);
  return details.length > 0 ? `${from.kind}: ${details.join(", ")}` : from.kind;
}

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
