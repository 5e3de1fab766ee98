/** Report of a drill, for people (Markdown, with a timeline as SVG) and for programs (JSON). */
import type { Loss } from "./measure";
import type { Outcome, Scenario } from "./scenario";
import type { TimedStep, Timeline } from "./timeline";

/** Cost of the disaster for one system. */
export interface SystemReport {
  readonly system: string;
  /** Time from the disaster to the verified service (RTO), in seconds. */
  readonly rto: number;
  /** Age of the newest surviving row (RPO), in seconds. Infinite, which is null in JSON, if none survived. */
  readonly rpo: number;
  readonly loss: Loss;
}

export interface Report {
  readonly scenario: string;
  /** Heading in the runbook. */
  readonly title: string;
  readonly stack: string;
  /** Start of the drill, in ISO 8601. */
  readonly started: string;
  readonly steps: readonly TimedStep[];
  /** Seconds from the start to the disaster, and to the recovery of the last system. */
  readonly disaster: number;
  readonly recovered: number;
  /** Objectives, in seconds. */
  readonly promised: { readonly rto: number; readonly rpo: number };
  readonly systems: readonly SystemReport[];
  /** Notes that are needed to interpret the figures. */
  readonly notes: readonly string[];
}

/** Creates the report of a drill. */
export function reportOf(
  { name, title, rto, rpo }: Scenario,
  stack: string,
  timeline: Timeline,
  { disaster, systems, notes = [] }: Outcome,
): Report {
  const recovered = Math.max(...systems.map(({ recovered }) => recovered));
  return {
    scenario: name,
    title,
    stack,
    started: timeline.started.toISOString(),
    steps: timeline.steps,
    disaster: timeline.since(disaster),
    recovered: timeline.since(recovered),
    promised: { rto, rpo },
    systems: systems.map(({ system, recovered, loss }) => ({
      system,
      rto: (recovered - disaster) / 1000,
      rpo: loss.rpoSeconds,
      loss,
    })),
    notes,
  };
}

/** Tells whether every system met the objectives. */
export const isMet = ({ promised, systems }: Report) =>
  systems.every(({ rto, rpo }) => rto <= promised.rto && rpo <= promised.rpo);

/** Formats the report as Markdown. `picture` is the file of its timeline. */
export function markdown(report: Report, picture: string): string {
  const { scenario, title, stack, started, steps, promised, systems, notes } = report;
  const measured = (seconds: number, limit: number) =>
    seconds <= limit ? duration(seconds) : `**${duration(seconds)}: missed**`;
  const rows = systems.map(({ system, rto, rpo, loss }) => [
    system,
    measured(rto, promised.rto),
    measured(rpo, promised.rpo),
    ...[loss.acknowledged, loss.survived, loss.lost, loss.doubled].map(String),
  ]);
  const head = ["", `RTO (${duration(promised.rto)})`, `RPO (${duration(promised.rpo)})`];
  return [
    `# ${scenario}`,
    `${title}. Stack ${stack}, ${started}. What is promised is in brackets; rows are those that were acknowledged.`,
    table([...head, "rows", "there", "lost", "twice"], rows),
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

/** Formats a duration. */
export function duration(seconds: number): string {
  if (seconds === Infinity) return "unknown";
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const width = 900;
const left = 330;
const rowHeight = 26;
const top = 40;

/** Draws the steps as bars over time, and the disaster and the recovery as lines. */
export function timelinePicture({ scenario, stack, steps, disaster, recovered }: Report): string {
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
    `<title>${escaped(`${scenario}, stack ${stack}`)}</title>`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...bars,
    line(disaster, "disaster", "#c0392b"),
    line(recovered, "recovered", "#1e8449"),
    "</svg>\n",
  ].join("\n");
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
