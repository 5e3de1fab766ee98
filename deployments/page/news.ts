/** News of a run for those who listen to the page: steps that began or ended since the last time. */
import type { Deployment, StepState } from "../deployment";
import { runWords, stateWords } from "../words";

const told: readonly StepState[] = ["running", "done", "failed", "broken"];

/** Says in one sentence what is new. Undefined if nothing is. */
export function newsOf(before: Deployment, now: Deployment): string | undefined {
  const had = new Map(
    before.systems.flatMap(({ name, steps }) => steps.map((step) => [`${name} ${step.name}`, step.state] as const)),
  );
  const steps = now.systems.flatMap(({ name, steps: all }) =>
    all
      .filter((step) => told.includes(step.state) && had.get(`${name} ${step.name}`) !== step.state)
      .map((step) => `${name}, ${step.title}: ${stateWords[step.state]}.`),
  );
  const run = now.state === before.state ? [] : [`${runWords[now.state]}.`];
  const all = [...steps, ...run];
  return all.length > 0 ? all.join(" ") : undefined;
}
