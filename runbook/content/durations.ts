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

/**
 * Says how long a step took the last time: at most the time since the steps before it were done, if that was within a day;
 * and how long its Jobs ran in it. Undefined without a state, or if the step has no resources.
 * @param before resources of the steps that it waits for
 */
export function stepTook(resources: readonly Resource[], before: readonly Resource[]): string | undefined {
  const ready = latest(resources);
  if (ready === undefined) return undefined;
  const began = latest(before);
  const most = began !== undefined && began <= ready && ready - began < dayMilliseconds ? ready - began : undefined;
  const from = most === undefined ? -Infinity : began!;
  const runs = resources.flatMap((resource) => runOf(resource) ?? []).filter(({ to }) => to > from);
  const ran = durationOf(covered(runs.map((run) => ({ ...run, from: Math.max(run.from, from) }))));
  const parts = [
    ...(most === undefined ? [] : [`at most ${durationOf(most)}`]),
    ...(runs.length === 0 ? [] : [`${most === undefined ? "" : "of which "}its tasks ran ${ran}`]),
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
const moment = (time: number) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function durationOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
