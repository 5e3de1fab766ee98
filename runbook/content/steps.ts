/** Sections of the steps. */
import { anchorOf } from "../../components/monitoring/alert-rules";
import type { StepRecord } from "../../components/runbook";
import type { DeclaredRunbook, Resource } from "../source/graph";
import { commandsFor, consequences } from "./after-failure";
import { code, heading, list, listed, table, text, verbatim, type Block } from "./block";
import { drawingOf } from "./drawing";
import { stepTook } from "./durations";
import { failureTitle } from "./failure";
import { workOf, type Place } from "./work";

/** Heading of a step. Its number keeps the anchor apart from those of the alerts. */
const headingOf = ({ title }: Pick<StepRecord, "title">, index: number) => `${index + 1}. ${title}`;

/** Anchor of the section of a step, by its place. */
export const stepAnchor = (step: Pick<StepRecord, "title">, index: number): string => anchorOf(headingOf(step, index));

const resourcesOf = ({ resources }: DeclaredRunbook, name: string): readonly Resource[] => resources.get(name) ?? [];

/** Link to the section of a step. */
export function stepLink({ steps }: DeclaredRunbook, name: string): string {
  const index = steps.findIndex((step) => step.name === name);
  return `[${verbatim(name)}](#${stepAnchor(steps[index]!, index)})`;
}

/** Overview of the steps as a drawing and, with a state, as a table of how long each took. */
export function overview(system: string, runbook: DeclaredRunbook): Block[] {
  const { steps } = runbook;
  const isEmpty = (name: string) => resourcesOf(runbook, name).length === 0;
  const drawing = drawingOf(system, steps, isEmpty, (index) => stepAnchor(steps[index]!, index));
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

const tookOf = (runbook: DeclaredRunbook, step: StepRecord): string | undefined =>
  stepTook(resourcesOf(runbook, step.name), awaitedBy(runbook, step));

/** Resources of the steps that one waits for. */
export const awaitedBy = (runbook: DeclaredRunbook, step: StepRecord): Resource[] =>
  gatesOf(runbook, step).flatMap((name) => resourcesOf(runbook, name));

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

/** State that a failure of a step leaves. */
const afterFailure = (runbook: DeclaredRunbook, index: number): string =>
  [`[${doNext}](#${anchorOf(failureTitle)})`, ...consequences(runbook, index, (name) => stepLink(runbook, name))].join(
    "; ",
  );

/** Commands that show why it failed. */
function logCommands(resources: readonly Resource[], namespace: string): Block[] {
  const { lines, isOpen } = commandsFor(resources, namespace);
  if (lines.length === 0) return [];
  const name = isOpen ? " NAME is the task that the error of `up` names." : "";
  return [text(`Why it failed is in the error of ${verbatim("up")}, and here.${name}`), code("sh", lines.join("\n"))];
}
