/** What a drill found, for people (Markdown, with a timeline as SVG) and for programs (JSON). */
import type { Loss } from "./measure";
import type { Outcome, Scenario } from "./scenario";
import type { TimedStep, Timeline } from "./timeline";

/** A time that was promised, and the one that was measured, in seconds. */
export interface Objective {
  readonly name: "RTO" | "RPO";
  readonly seconds: number;
  readonly promised: number;
}

export interface Report {
  readonly scenario: string;
  /** The runbook's heading. */
  readonly title: string;
  readonly system: string;
  readonly stack: string;
  /** ISO 8601. */
  readonly started: string;
  readonly steps: readonly TimedStep[];
  /** Seconds since the drill began. */
  readonly disaster: number;
  readonly recovered: number;
  readonly objectives: readonly Objective[];
  readonly loss: Loss;
  /** What whoever reads the figures has to know. */
  readonly notes: readonly string[];
}

/** What a drill came to. */
export function reportOf(
  { scenario, system, stack }: { readonly scenario: Scenario; readonly system: string; readonly stack: string },
  timeline: Timeline,
  { disaster, recovered, loss, notes = [] }: Outcome,
): Report {
  const { name, title, rto, rpo } = scenario;
  return {
    scenario: name,
    title,
    system,
    stack,
    started: timeline.started.toISOString(),
    steps: timeline.steps,
    disaster: timeline.since(disaster),
    recovered: timeline.since(recovered),
    objectives: [
      { name: "RTO", seconds: (recovered - disaster) / 1000, promised: rto },
      { name: "RPO", seconds: loss.rpoSeconds, promised: rpo },
    ],
    loss,
    notes,
  };
}

export const isMet = ({ seconds, promised }: Objective) => seconds <= promised;

/** The report as Markdown; `picture` is the file of its timeline. */
export function markdown(report: Report, picture: string): string {
  const { scenario, title, system, stack, started, steps, objectives, loss, notes } = report;
  const rows = objectives.map((objective) => [
    objective.name,
    duration(objective.seconds),
    duration(objective.promised),
    isMet(objective) ? "met" : "**missed**",
  ]);
  const { acknowledged, survived, lost, doubled } = loss;
  return [
    `# ${scenario}: ${system}`,
    `${title}. Stack ${stack}, ${started}.`,
    table(["", "measured", "promised", ""], rows),
    `${acknowledged} rows were acknowledged; ${survived} are there, ${lost} are lost, ${doubled} are there twice.`,
    `![Timeline](${picture})`,
    table(
      ["at", "took", "step"],
      steps.map(({ title: step, begin, end, error }) => [
        `${begin.toFixed(1)} s`,
        `${(end - begin).toFixed(1)} s`,
        error ? `${step}: **failed**: ${error.split("\n")[0]}` : step,
      ]),
    ),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** A time as people say it. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const width = 900;
const left = 330;
const rowHeight = 26;
const top = 40;

/** The steps as bars over time, with the disaster and the recovery as lines. */
export function timelinePicture({ scenario, system, steps, disaster, recovered }: Report): string {
  const last = Math.max(recovered, ...steps.map(({ end }) => end), 1);
  const x = (seconds: number) => (left + (seconds / last) * (width - left - 20)).toFixed(1);
  const height = top + steps.length * rowHeight + 40;
  const bars = steps.map(({ title, begin, end, error }, index) => {
    const y = top + index * rowHeight;
    const length = Math.max(Number(x(end)) - Number(x(begin)), 2).toFixed(1);
    return [
      `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${escaped(title)}</text>`,
      `<rect x="${x(begin)}" y="${y + 4}" width="${length}" height="${rowHeight - 8}" fill="${error ? "#c0392b" : "#2e86c1"}"/>`,
    ].join("\n");
  });
  const line = (seconds: number, what: string, color: string) =>
    [
      `<line x1="${x(seconds)}" y1="${top - 10}" x2="${x(seconds)}" y2="${height - 30}" stroke="${color}" stroke-width="2"/>`,
      `<text x="${x(seconds)}" y="${height - 12}" text-anchor="middle" fill="${color}">${what} ${seconds.toFixed(1)} s</text>`,
    ].join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(`${scenario}: ${system}`)}</title>`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...bars,
    line(disaster, "disaster", "#c0392b"),
    line(recovered, "recovered", "#1e8449"),
    "</svg>\n",
  ].join("\n");
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
