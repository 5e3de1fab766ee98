/** Words for the states and the figures of a run: of the page, the terminal and the report. */
import type { Operation } from "../engine/change";
import { durationOf } from "../runbook/content/durations";
import type { Deployment, RunState, Step, StepState, System } from "./deployment";

export const stateWords: Readonly<Record<StepState, string>> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  unchanged: "unchanged",
  empty: "nothing to do",
  failed: "failed",
  left: "not done",
  broken: "cut off",
};

export const runWords: Readonly<Record<RunState, string>> = {
  waiting: "No run has begun yet",
  preview: "A preview is being made: nothing is changed",
  previewed: "A preview was made: nothing was changed",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  interrupted: "Interrupted: it was killed, or has lost its machine",
};

/** Warning about a run that stops, or was killed. Undefined for any other. */
export function warningOf({ state, isStopping }: Pick<Deployment, "state" | "isStopping">): string | undefined {
  if (isStopping)
    return "Stopping: nothing more begins, and Pulumi notes what is done. A second Ctrl-C ends it before that";
  // Until then every other up is refused.
  return state === "interrupted"
    ? "Its lock on the stack may be left. npm run up removes one that it can see; else, once no up runs: pulumi cancel --stack NAME"
    : undefined;
}

const operationWords: Readonly<Record<Operation, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  release: "left to others",
  import: "imported",
  read: "read",
  same: "unchanged",
};

/** Resources by what was done with them: "3 created, 600 unchanged". */
export const countsOf = (counts: Deployment["counts"]): string =>
  (Object.keys(operationWords) as Operation[])
    .flatMap((operation) => (counts[operation] ? [`${counts[operation]} ${operationWords[operation]}`] : []))
    .join(", ");

/** Work in words: "replace Job pm-migrate". */
export const operationWord = (operation: Operation): string => (operation === "same" ? "check" : operation);

/** Says how many steps are behind. Those with nothing to do do not count. */
export function doneOf(steps: readonly Step[]): string {
  const counted = steps.filter(({ state }) => state !== "empty");
  const behind = counted.filter(({ state }) => state === "done" || state === "unchanged");
  return `${behind.length} of ${counted.length} steps done`;
}

/** System in a few words: where it stands. */
export function standOf({ steps }: System): string {
  const stopped = steps.filter(({ state }) => state === "failed" || state === "broken");
  if (stopped.length > 0) return `stopped in ${stopped.map(({ name }) => name).join(", ")}`;
  const all = (...states: readonly StepState[]) => steps.every(({ state }) => states.includes(state));
  if (all("unchanged", "empty")) return "unchanged";
  if (all("done", "unchanged", "empty")) return "done";
  return all("left", "empty") ? "not done" : doneOf(steps);
}

/** Change of a system's release: "1.0 -> 1.1", or the release that stays. Undefined if it is not known. */
export function releaseOf({ release: { from, to } }: Pick<System, "release">): string | undefined {
  if (from === undefined || to === undefined || from === to) return to ?? from;
  return `${from} -> ${to}`;
}

/** Time that a step took, or takes. Undefined if it has not begun, or did nothing. */
export function tookOf({ began, ended, state }: Step, now: number): string | undefined {
  if (began === undefined || state === "unchanged") return undefined;
  return durationOf((state === "running" ? now : (ended ?? now)) - began);
}
