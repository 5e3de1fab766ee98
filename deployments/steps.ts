/** States of a runbook's steps, from the facts about their resources. */
import { isPrepared } from "../components/runbook";
import { laterThan } from "../runbook/content/after-failure";
import type { DeclaredRunbook, Resource } from "../runbook/source/graph";
import type { Failure, Step, StepState, Work } from "./deployment";
import type { Facts, ResourceCourse } from "./facts";

/** Step as far as the facts go. */
export type Standing = Omit<Step, "usual" | "wayOut">;

/** End of a run. Default: it has not ended. */
export type End = "succeeded" | "failed" | "interrupted" | undefined;

/** Time after which a step without anything that runs is done, in milliseconds, if the last `up` did not know it. */
const quietMilliseconds = 2000;

/**
 * Finds the states of a runbook's steps.
 * @param knownSteps names of the steps that the stack had before the run
 */
export function standingsOf(
  { steps, resources }: DeclaredRunbook,
  facts: Facts,
  { known, knownSteps, end, now }: Circumstances & { readonly knownSteps: ReadonlySet<string> },
): Standing[] {
  const own = (name: string) => resources.get(name) ?? [];
  const hasBegun = (name: string) =>
    own(name).some((resource) => facts.courses.has(resource.urn) && !isPreparation(resource));
  const failed = new Set<string>();
  const settled = new Set<string>();
  return steps.map(({ name, title, after }) => {
    const later = laterThan(steps, name);
    const overtaken = steps.some((step) => later.has(step.name) && hasBegun(step.name));
    const blocked = after.some((each) => failed.has(each));
    const next = after.every((each) => settled.has(each));
    const surroundings = { overtaken, blocked, next, isKnown: knownSteps.has(name) };
    const found = standingOf(own(name), facts, { known, end, now, ...surroundings });
    if (found.state === "done" || found.state === "unchanged" || found.state === "empty") settled.add(name);
    // What waits for a step that waits for a failed one waits for that, too.
    if (found.state === "failed" || (blocked && found.state !== "done" && found.state !== "unchanged"))
      failed.add(name);
    return { name, title, after, ...found };
  });
}

/** Finds the state of a group of resources that is no step, such as the platform. */
export const standingOfGroup = (resources: readonly Resource[], facts: Facts, circumstances: Circumstances) =>
  standingOf(resources, facts, { ...circumstances, overtaken: false, blocked: false, next: true, isKnown: true });

export interface Circumstances {
  /** URNs of the resources that the stack had before the run. They are expected again. */
  readonly known: ReadonlySet<string>;
  readonly end: End;
  /** Time in milliseconds since 1970. */
  readonly now: number;
}

interface Surroundings extends Circumstances {
  /** True if a later step has begun: everything of this one is then ready. */
  readonly overtaken: boolean;
  /** True if a step before it has failed. */
  readonly blocked: boolean;
  /** True if everything before it is done. Until then it can only prepare. */
  readonly next: boolean;
  /** True if the stack had the step before: it then shows whether it has anything to do. */
  readonly isKnown: boolean;
}

function standingOf(
  resources: readonly Resource[],
  facts: Facts,
  { known, end, now, overtaken, blocked, next, isKnown }: Surroundings,
): Omit<Standing, "name" | "title" | "after"> {
  const urns = new Set(resources.map(({ urn }) => urn));
  const work = resources.flatMap((resource) => facts.workOn(resource) ?? []);
  const failures = facts.failures.filter(({ urn }) => urn !== undefined && urns.has(urn)).map(withoutUrn);
  const times = timesOf(working(resources), work);
  const found = (state: StepState) => ({ state, work, failures, ...times });
  if (resources.length === 0)
    return { state: isKnown || overtaken ? "empty" : emptyState(end, blocked), work, failures };
  if (work.some((each) => each.failed)) return found("failed");
  if (!isKnown && !next && !overtaken && !end && resources.every(isPreparation))
    return { state: "waiting", work, failures };
  const courses = working(resources).map(({ urn }) => [urn, facts.courses.get(urn)] as const);
  const seen = courses.filter(([, course]) => course !== undefined);
  if (seen.some(([, course]) => course!.open > 0)) return found(end ? "broken" : "running");
  const missing = courses.filter(([urn, course]) => !course && known.has(urn));
  const changed = work.length > 0;
  const isDone =
    overtaken ||
    end === "succeeded" ||
    (seen.length > 0 && missing.length === 0 && (areKnown(courses, known) || isQuiet(seen, end, now)));
  if (isDone) return changed ? found("done") : { state: "unchanged", work, failures };
  if (end || blocked) return changed && seen.length > 0 ? found("broken") : { state: "left", work, failures };
  return changed && seen.length > 0 ? { ...found("running"), ended: undefined } : { state: "waiting", work, failures };
}

/** True if the last `up` knew all of it, so that nothing more is expected. */
const areKnown = (courses: readonly (readonly [string, unknown])[], known: ReadonlySet<string>) =>
  courses.every(([urn]) => known.has(urn));

/** State of a new step without resources: they may still come. */
const emptyState = (end: End, blocked: boolean): StepState =>
  end === "succeeded" ? "empty" : end || blocked ? "left" : "waiting";

/** True if nothing more has come for a while, or what failed elsewhere has ended the run. */
function isQuiet(seen: readonly (readonly [string, ResourceCourse | undefined])[], end: End, now: number): boolean {
  if (end) return end === "failed";
  return now - Math.max(...seen.map(([, course]) => course!.ended ?? course!.began)) >= quietMilliseconds;
}

/** Resources that wait for the steps before theirs. If there are none, those that can be prepared. */
function working(resources: readonly Resource[]): readonly Resource[] {
  const waiting = resources.filter((resource) => !isPreparation(resource));
  return waiting.length > 0 ? waiting : resources;
}

const isPreparation = ({ type, inputs }: Resource) => isPrepared(type, inputs);

function timesOf(resources: readonly Resource[], work: readonly Work[]): Pick<Standing, "began" | "ended"> {
  const urns = new Set(resources.map(({ urn }) => urn));
  const counted = work.filter(({ urn }) => urns.has(urn));
  if (counted.length === 0) return {};
  const began = Math.min(...counted.map((each) => each.began));
  if (counted.some(({ ended }) => ended === undefined)) return { began };
  return { began, ended: Math.max(...counted.map(({ ended }) => ended!)) };
}

const withoutUrn = ({ resource, message }: Failure): Failure => ({
  ...(resource !== undefined && { resource }),
  message,
});
