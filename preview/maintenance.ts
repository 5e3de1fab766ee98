/** Maintenance mode that a change asks for. */
import type { StepRecord } from "../components/runbook";
import type { Change } from "../engine/change";
import { at } from "./fields";
import type { MaintenanceAsked } from "./told";
import { verbOf } from "./verbs";

/**
 * Finds the step that runs and leaves something on until another one is done. Its length is that of the last run, from
 * the Jobs of both steps in the state: the end of the first one's to the end of the other one's. If the last `up` stopped
 * between the two, what the first one has turned on is on until the other one runs.
 */
export function maintenanceIn(steps: readonly StepRecord[], changes: readonly Change[]): MaintenanceAsked {
  const of = (name: string) => changes.filter(({ step, type }) => step === name && type.endsWith(":Job"));
  const runs = (name: string) => of(name).some((job) => ["run", "run again"].includes(verbOf(job) ?? ""));
  const leaving = steps.flatMap(({ name, leaves }) => (leaves ? [{ from: name, until: leaves.until }] : []));
  const on = leaving.find(({ from }) => runs(from));
  if (on) {
    const minutes = minutesBetween(latestEnd(of(on.from)), latestEnd(of(on.until)));
    return { ...on, ...(minutes !== undefined && { minutes }) };
  }
  const left = leaving.find(({ from, until }) => runs(until) && isLaterThan(latestEnd(of(from)), latestEnd(of(until))));
  return left ? { ...left, isOn: true } : {};
}

/** True if the first ended later than the other one, or if that has not ended. */
const isLaterThan = (one: number | undefined, other: number | undefined) =>
  one !== undefined && (other === undefined || one > other);

/** Time at which the last of the Jobs has ended, in milliseconds since 1970. Undefined if one has not. */
function latestEnd(jobs: readonly Change[]): number | undefined {
  const ends = jobs.flatMap(({ before }) => (before ? [at(before.outputs, "status.completionTime")] : []));
  const times = ends.map((end) => (typeof end === "string" ? Date.parse(end) : NaN));
  return times.length === 0 || times.some(Number.isNaN) ? undefined : Math.max(...times);
}

/** Whole minutes, at least one. Undefined if a time is unknown, or if they are of different runs. */
function minutesBetween(from: number | undefined, until: number | undefined): number | undefined {
  if (from === undefined || until === undefined || until < from) return undefined;
  return Math.max(1, Math.round((until - from) / 60_000));
}
