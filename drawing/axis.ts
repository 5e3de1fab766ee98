/** Ends and steps of a graph's vertical axis, so that its numbers are round in their unit. */
import type { Unit } from "../components/monitoring/dashboard-units";

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

const mostSteps = 5;
const [minute, hour, day, week] = [60, 3600, 86_400, 7 * 86_400];
const times = [
  ...[1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute],
  ...[hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, week, 2 * week],
];

/**
 * Returns the axis from `minimum` to `maximum`, or to the first step at or above the highest value.
 * @param highest highest value of the series
 */
export function axisOf(unit: Unit, highest: number, minimum: number, maximum?: number): Axis {
  const top = maximum ?? (highest > minimum ? highest : minimum + 1);
  const interval = unit === "state" ? 1 : stepOf(unit, (top - minimum) / mostSteps);
  // A sum such as 0.1 + 0.2 is not above 0.3 here.
  return { min: minimum, max: maximum ?? minimum + Math.ceil((top - minimum) / interval - 1e-9) * interval, interval };
}

/** Smallest round step that is at least so large. */
function stepOf(unit: Unit, least: number): number {
  if (unit === "bytes") return 2 ** Math.ceil(Math.log2(least) - 1e-9);
  if (unit === "milliseconds") return least > 1000 ? 1000 * stepOf("seconds", least / 1000) : decimal(least);
  if (unit !== "seconds" || least <= 1) return decimal(least);
  return times.find((step) => step >= least - 1e-9) ?? week * decimal(least / week);
}

function decimal(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9))!;
  return Number((step * power).toPrecision(3));
}
