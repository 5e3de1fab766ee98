/** Durations of what a step did the last time, from the stack's state. */
import type { Resource } from "../source/graph";

/** Period in milliseconds since 1970. */
interface Period {
  readonly from: number;
  readonly to: number;
}

/** Period of a Job's run. Undefined if it has not ended, or without a state. */
export function runOf({ outputs }: Resource): Period | undefined {
  const status = outputs.status as { readonly startTime?: unknown; readonly completionTime?: unknown } | undefined;
  const [from, to] = [timeOf(status?.startTime), timeOf(status?.completionTime)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Duration of a step the last time, in milliseconds, and when it was ready, in milliseconds since 1970. */
interface StepDuration {
  readonly ready: number;
  /** Time since the steps before it were done. Undefined if that was not within a day. */
  readonly most?: number;
  /** Time in which its Jobs ran in it. Default: it has none. */
  readonly ran?: number;
}

/**
 * Finds how long a step took the last time. Undefined without a state, or if the step has no resources.
 * @param before resources of the steps that it waits for
 */
export function stepDuration(resources: readonly Resource[], before: readonly Resource[]): StepDuration | undefined {
  const ready = latest(resources);
  if (ready === undefined) return undefined;
  const began = latest(before);
  const most = began !== undefined && began <= ready && ready - began < dayMilliseconds ? ready - began : undefined;
  const from = most === undefined ? -Infinity : began!;
  const runs = resources.flatMap((resource) => runOf(resource) ?? []).filter(({ to }) => to > from);
  const ran = covered(runs.map((run) => ({ ...run, from: Math.max(run.from, from) })));
  return { ready, ...(most !== undefined && { most }), ...(runs.length > 0 && { ran }) };
}

/**
 * Says how long a step took the last time: at most the time since the steps before it were done, if that was within a day;
 * and how long its Jobs ran in it. Undefined without a state, or if the step has no resources.
 * @param before resources of the steps that it waits for
 */
export function stepTook(resources: readonly Resource[], before: readonly Resource[]): string | undefined {
  const found = stepDuration(resources, before);
  if (found === undefined) return undefined;
  const { ready, most, ran } = found;
  const parts = [
    ...(most === undefined ? [] : [`at most ${durationOf(most)}`]),
    ...(ran === undefined ? [] : [`${most === undefined ? "" : "of which "}its tasks ran ${durationOf(ran)}`]),
  ];
  return `${parts.length > 0 ? parts.join(", ") : "not known"}; ready ${moment(ready)}`;
}

/** Says how long a Job took. Undefined if that is not known. */
export function jobTook(job: Resource): string | undefined {
  const run = runOf(job);
  return run && `${durationOf(run.to - run.from)}, ended ${moment(run.to)}`;
}

const dayMilliseconds = 86_400_000;

/** Sum of the time in which at least one of them ran. */
function covered(runs: readonly Period[]): number {
  const sorted = [...runs].sort((a, b) => a.from - b.from);
  let [sum, end] = [0, -Infinity];
  for (const { from, to } of sorted) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function latest(resources: readonly Resource[]): number | undefined {
  const times = resources.flatMap(({ modified, created }) => timeOf(modified ?? created) ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Time in UTC to the minute. */
export const moment = (time: number) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** Duration in words, to the second. */
export function durationOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
