/** Usual durations of steps: from the reports of earlier deployments, else from the stack's state. */
import { durationOf, stepDuration } from "../runbook/content/durations";
import { awaitedBy } from "../runbook/content/steps";
import { runbookIn, systemsIn, type Resource } from "../runbook/source/graph";
import type { Report } from "./report/report";

/** Says what is usual for a step of a system. Undefined if nothing is known. */
export type Usual = (system: string, step: string) => string | undefined;

/** Number of deployments, the newest ones, of which a median is taken. */
const considered = 5;
/** Longest time since the steps before that says something, in milliseconds: else they were changed by another run. */
const mostMilliseconds = 900_000;

/**
 * @param reports those of the stack, from the oldest to the newest
 * @param graph resources in the state
 */
export function usualOf(reports: readonly Report[], graph: readonly Resource[]): Usual {
  const fromState = durationsIn(graph);
  return (system, step) => {
    const seconds = reports.flatMap(({ systems }) =>
      systems
        .filter(({ name }) => name === system)
        .flatMap(({ steps }) => steps)
        .flatMap((each) => (each.name === step && each.state === "done" ? (each.seconds ?? []) : [])),
    );
    const last = seconds.slice(-considered);
    if (last.length > 0) return `usually ${durationOf(1000 * median(last))}`;
    return fromState.get(`${system} ${step}`);
  };
}

function durationsIn(graph: readonly Resource[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const system of systemsIn(graph)) {
    const runbook = runbookIn(graph, system);
    for (const step of runbook.steps ?? []) {
      const took = stepDuration(runbook.resources.get(step.name) ?? [], awaitedBy(runbook, step));
      const key = `${system} ${step.name}`;
      if (took?.ran !== undefined) found.set(key, `last time its tasks ran ${durationOf(took.ran)}`);
      else if (took?.most !== undefined && took.most <= mostMilliseconds)
        found.set(key, `last time at most ${durationOf(took.most)}`);
    }
  }
  return found;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
