/** Lines about a run for a terminal: one for each step that runs or has ended. */
import { durationOf } from "../../runbook/content/durations";
import type { Deployment, Failure, Step, StepState, System, WayOut } from "../deployment";
import { countsOf, doneOf, releaseOf, runWords, standOf, tookOf, warningOf } from "../words";

type Of = Readonly<Record<string, readonly Step[]>>;

/** Marks of the states that have a line. */
const marks: Partial<Readonly<Record<StepState, string>>> = {
  ...{ running: "...    ", done: "ok     ", failed: "FAILED ", broken: "CUT OFF" },
};

/** View of one run. It remembers what it has said. */
export class View {
  private readonly said = new Map<string, StepState>();

  /** @param saysBegin true if a step gets a line when it begins, where no block shows it */
  constructor(private readonly saysBegin: boolean) {}

  /** Lines that are new: steps that have ended. */
  news(deployment: Deployment, now: number): string[] {
    return entriesOf(deployment).flatMap(([system, step]) => {
      const key = `${system} ${step.name}`;
      const before = this.said.get(key);
      if (before === step.state || !marks[step.state]) return [];
      // A step whose next resource comes late has ended twice: it is said once.
      if (step.state === "running" && (before !== undefined || !this.saysBegin)) return [];
      this.said.set(key, step.state);
      return [line(system, step, now)];
    });
  }

  /** Lines of the block: what runs, and how far the whole is. */
  block(deployment: Deployment, now: number): string[] {
    const steps = deployment.systems.flatMap((system) => system.steps);
    const running = entriesOf(deployment).filter(([, { state }]) => state === "running");
    const { began } = deployment;
    const whole =
      began === undefined ? "  The program is being read ..." : `  ${doneOf(steps)}, ${durationOf(now - began)}`;
    const warning = warningOf(deployment);
    return [...running.map(([system, step]) => line(system, step, now)), whole, ...(warning ? [`  ${warning}`] : [])];
  }

  /**
   * Lines at the end: where the systems stand, every error in full with its way out, and the figures. None for a run that
   * ended before it began, such as one that found the stack locked: Pulumi's own words say why.
   */
  end(deployment: Deployment): string[] {
    const { systems, others, failures, warnings, counts, state, began, ended } = deployment;
    if (began === undefined) return [];
    const took = ` after ${durationOf((ended ?? began) - began)}`;
    const figures = countsOf(counts);
    const warning = warningOf(deployment);
    const named: Of = { ...Object.fromEntries(systems.map(({ name, steps }) => [name, steps])), beside: others };
    return [
      ...(warnings.length > 0 ? ["", "Warnings", ...warnings.flatMap(message)] : []),
      "",
      ...systems.map(stands),
      ...Object.entries(named).flatMap(([system, steps]) => steps.flatMap((step) => failed(system, step))),
      ...failures.flatMap((failure) => ["", "Error", ...message(failure)]),
      "",
      `${runWords[state]}${took}.${figures ? ` Resources: ${figures}.` : ""}`,
      ...(warning ? [`${warning}.`] : []),
    ];
  }
}

const entriesOf = ({ systems, others }: Deployment): (readonly [string, Step])[] => [
  ...systems.flatMap(({ name, steps }) => steps.map((step) => [name, step] as const)),
  ...others.map((step) => ["-", step] as const),
];

function line(system: string, step: Step, now: number): string {
  const { state, title, usual } = step;
  const times = [tookOf(step, now), state === "running" ? usual : undefined].filter((time) => time !== undefined);
  return `  ${marks[state]} ${system.padEnd(10)} ${title}${times.length > 0 ? ` (${times.join("; ")})` : ""}`;
}

function stands(system: System): string {
  const release = releaseOf(system);
  return `  ${system.name.padEnd(10)} ${standOf(system)}${release === undefined ? "" : `; release ${release}`}`;
}

function failed(system: string, { title, state, failures, wayOut }: Step): string[] {
  if (state !== "failed" && state !== "broken") return [];
  return [
    "",
    `${system}: ${title} ${state === "failed" ? "failed" : "was cut off"}`,
    ...failures.flatMap(message),
    ...wayOutOf(wayOut),
  ];
}

const message = ({ resource, message: text }: Failure): string[] =>
  `${resource === undefined ? "" : `${resource}: `}${text}`.split("\n").map((each) => `  ${each}`);

function wayOutOf(wayOut: WayOut | undefined): string[] {
  if (!wayOut) return [];
  const { facts, commands } = wayOut;
  return [
    "  What to do:",
    ...facts.map((fact) => `  - ${fact.replaceAll("`", "")}`),
    ...commands.map((command) => `    ${command}`),
  ];
}
