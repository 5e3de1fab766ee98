/** State that a failure of a step leaves, and the commands that show why it failed. */
import type { StepRecord } from "../../components/runbook";
import type { DeclaredRunbook, Resource } from "../source/graph";
import { isTask } from "./work";

/**
 * Describes what a failure of a step leaves: nothing after it is done, and what an earlier step left on stays on.
 * @param link names a step, as Markdown
 */
export function consequences(runbook: DeclaredRunbook, index: number, link: (name: string) => string): string[] {
  const { steps, resources } = runbook;
  const later = steps.slice(index + 1).filter(({ name }) => (resources.get(name) ?? []).length > 0);
  const follows = laterThan(steps, steps[index]!.name);
  const waiting = later.filter(({ name }) => follows.has(name));
  const left = steps.slice(0, index + 1).flatMap(({ leaves }) => {
    const end = steps.findIndex(({ name }) => name === leaves?.until);
    return leaves && end >= index ? [`left on until ${link(leaves.until)} is done: ${leaves.what}`] : [];
  });
  const next = waiting.length === 0 ? "it is the last one" : `nothing from ${link(waiting[0]!.name)} on is done`;
  return [next, ...left];
}

/** Names of the steps that wait for one, directly or through others. */
export function laterThan(steps: readonly StepRecord[], name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (const step of steps) if (step.after.some((each) => found.has(each))) found.add(step.name);
  found.delete(name);
  return found;
}

/** Most tasks whose commands are all shown. */
const fewTasks = 2;

export interface Commands {
  readonly lines: readonly string[];
  /** True if the reader puts the name of the task that failed in the place of NAME. */
  readonly isOpen: boolean;
}

/** Returns the commands that show why a step with these resources failed. */
export function commandsFor(resources: readonly Resource[], namespace: string): Commands {
  const tasks = resources.filter(isTask).map(({ name }) => name);
  const isOpen = tasks.length > fewTasks;
  const named = isOpen ? ["NAME"] : tasks;
  const workloads = resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment").map(({ name }) => name);
  const lines = [
    ...named.map((name) => `kubectl logs -n ${namespace} -l app.kubernetes.io/name=${name} --all-containers --tail=-1`),
    ...workloads.flatMap((name) => [
      `kubectl rollout status -n ${namespace} deployment/${name}`,
      `kubectl describe pods -n ${namespace} -l app.kubernetes.io/name=${name}`,
    ]),
  ];
  return { lines, isOpen };
}
