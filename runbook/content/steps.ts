/** Sections of the steps. */
import { anchorOf } from "../../components/monitoring/alert-rules";
import type { StepRecord } from "../../components/runbook";
import type { DeclaredRunbook, Resource } from "../source/graph";
import { code, heading, list, listed, table, text, verbatim, type Block } from "./block";
import { drawingOf } from "./drawing";
import { stepTook } from "./durations";
import { failureTitle } from "./failure";
import { isTask, workOf, type Place } from "./work";

/** Heading of a step. Its number keeps the anchor apart from those of the alerts. */
const headingOf = ({ title }: StepRecord, index: number) => `${index + 1}. ${title}`;

const resourcesOf = ({ resources }: DeclaredRunbook, name: string): readonly Resource[] => resources.get(name) ?? [];

/** Link to the section of a step. */
export function stepLink({ steps }: DeclaredRunbook, name: string): string {
  const index = steps.findIndex((step) => step.name === name);
  return `[${verbatim(name)}](#${anchorOf(headingOf(steps[index]!, index))})`;
}

/** Overview of the steps as a drawing and, with a state, as a table of how long each took. */
export function overview(system: string, runbook: DeclaredRunbook): Block[] {
  const { steps } = runbook;
  const isEmpty = (name: string) => resourcesOf(runbook, name).length === 0;
  const drawing = drawingOf(system, steps, isEmpty, (index) => anchorOf(headingOf(steps[index]!, index)));
  const rows = steps.flatMap((step) => {
    const took = tookOf(runbook, step);
    return took === undefined ? [] : [[stepLink(runbook, step.name), took]];
  });
  return [{ kind: "drawing", drawing }, ...(rows.length > 0 ? [table(["step", "took the last time"], rows)] : [])];
}

/** All sections, in the order of the steps. */
export function stepSections(runbook: DeclaredRunbook, graph: readonly Resource[]): Block[] {
  const place: Place = { graph, namespace: runbook.namespace, shown: new Map() };
  return runbook.steps.flatMap((step, index) => section(runbook, step, index, place));
}

function section(runbook: DeclaredRunbook, step: StepRecord, index: number, place: Place): Block[] {
  const resources = resourcesOf(runbook, step.name);
  const { name, after, verify, revert, leaves } = step;
  const links = (names: readonly string[]) => listed(names.map((each) => stepLink(runbook, each)));
  const took = tookOf(runbook, step);
  const waits = after.length === 0 ? "It is the first one." : `It waits for ${links(after)}.`;
  if (resources.length === 0)
    return [
      heading(3, headingOf(step, index)),
      text(`The step ${verbatim(name)}. ${waits} With this configuration it has nothing to do.`),
    ];
  const facts = [
    ...(verify === undefined ? ["Verified by: everything that it makes is ready"] : [`Verified by: ${verify}`]),
    ...(revert === undefined ? [] : [`Taken back by: ${revert}`]),
    ...(leaves === undefined ? [] : [`Leaves on: ${leaves.what}, until ${links([leaves.until])}`]),
    ...(took === undefined ? [] : [`Took the last time: ${took}`]),
    `If it fails: ${afterFailure(runbook, index)}`,
  ];
  return [
    heading(3, headingOf(step, index)),
    text(`The step ${verbatim(name)}. ${waits}`),
    list(facts),
    ...logCommands(resources, runbook.namespace),
    ...workOf(resources, place),
  ];
}

function tookOf(runbook: DeclaredRunbook, step: StepRecord): string | undefined {
  const before = gatesOf(runbook, step).flatMap((name) => resourcesOf(runbook, name));
  return stepTook(resourcesOf(runbook, step.name), before);
}

/** Names of the steps that one waits for: the nearest ones before it that have resources. */
const gatesOf = (runbook: DeclaredRunbook, { after }: StepRecord): string[] =>
  after.flatMap((name) => {
    if (resourcesOf(runbook, name).length > 0) return [name];
    return gatesOf(
      runbook,
      runbook.steps.find((step) => step.name === name)!,
    );
  });

const doNext = "mend the cause, and run `up` again";

/** State that a failure of a step leaves: nothing after it was done, and what an earlier step left on stays on. */
function afterFailure(runbook: DeclaredRunbook, index: number): string {
  const { steps, resources } = runbook;
  const later = steps.slice(index + 1).filter(({ name }) => (resources.get(name) ?? []).length > 0);
  const follows = laterThan(steps, steps[index]!.name);
  const waiting = later.filter(({ name }) => follows.has(name));
  const left = steps.slice(0, index + 1).flatMap(({ leaves }) => {
    const end = steps.findIndex(({ name }) => name === leaves?.until);
    return leaves && end >= index ? [`left on until ${stepLink(runbook, leaves.until)} is done: ${leaves.what}`] : [];
  });
  const next =
    waiting.length === 0 ? "it is the last one" : `nothing from ${stepLink(runbook, waiting[0]!.name)} on is done`;
  return [`[${doNext}](#${anchorOf(failureTitle)})`, next, ...left].join("; ");
}

/** Names of the steps that wait for one, directly or through others. */
function laterThan(steps: readonly StepRecord[], name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (const step of steps) if (step.after.some((each) => found.has(each))) found.add(step.name);
  found.delete(name);
  return found;
}

/** Most tasks whose commands are all shown. */
const fewTasks = 2;

/** Commands that show why it failed. */
function logCommands(resources: readonly Resource[], namespace: string): Block[] {
  const tasks = resources.filter(isTask).map(({ name }) => name);
  const named = tasks.length > fewTasks ? ["NAME"] : tasks;
  const workloads = resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment").map(({ name }) => name);
  const lines = [
    ...named.map((name) => `kubectl logs -n ${namespace} -l app.kubernetes.io/name=${name} --all-containers --tail=-1`),
    ...workloads.flatMap((name) => [
      `kubectl rollout status -n ${namespace} deployment/${name}`,
      `kubectl describe pods -n ${namespace} -l app.kubernetes.io/name=${name}`,
    ]),
  ];
  if (lines.length === 0) return [];
  const name = tasks.length > fewTasks ? " NAME is the task that the error of `up` names." : "";
  return [text(`Why it failed is in the error of ${verbatim("up")}, and here.${name}`), code("sh", lines.join("\n"))];
}
