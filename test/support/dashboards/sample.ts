/** Series with made-up values, by which queries are tried on a real Prometheus. */

export type Labels = Readonly<Record<string, string>>;

/** Value at a time, which is in Unix time in seconds. */
export type Shape = (time: number) => number;

export interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly at: Shape;
}

/** Metrics of one exporter. */
export interface Exporter {
  readonly name: string;
  /** Origin of the names and labels. */
  readonly source: string;
  readonly series: readonly Series[];
}

/** Returns series of one metric, one for each set of labels. */
export const metric = (
  name: string,
  sets: readonly Labels[],
  shape: (labels: Labels, index: number) => Shape,
): Series[] => sets.map((labels, index) => ({ name, labels, at: shape(labels, index) }));

export const constant =
  (value: number): Shape =>
  () =>
    value;

/** Gauge that goes up and down around a value within an hour. */
export const wave =
  (middle: number, amplitude: number, phase = 0): Shape =>
  (time) =>
    middle + amplitude * Math.sin((time / 3600) * 2 * Math.PI + phase) + (amplitude / 5) * Math.sin(time / 97 + phase);

/** Counter that grows by so much per second, more in the day than at night. */
export const counter =
  (perSecond: number): Shape =>
  (time) => {
    const sinceStart = time - 1_700_000_000;
    const day = 86_400 / (2 * Math.PI);
    return Math.floor(perSecond * (sinceStart + 0.6 * day * Math.sin(sinceStart / day)));
  };

/** Unix time of the latest of moments that are so many seconds apart. */
export const latestOf =
  (interval: number, offset = 0): Shape =>
  (time) =>
    Math.floor((time - offset) / interval) * interval + offset;

/**
 * Returns the series of a histogram.
 * @param median value that half of the observations are below
 */
export function histogram(
  name: string,
  buckets: readonly number[],
  sets: readonly Labels[],
  perSecond: (labels: Labels) => number,
  median: number,
): Series[] {
  // A share that grows from 0 to 1 around the median, as a logistic distribution of the logarithm does.
  const share = (bound: number) => 1 / (1 + (median / bound) ** 3);
  return sets.flatMap((labels) => {
    const count = counter(perSecond(labels));
    const bounds = [...buckets.map((bound) => [String(bound), share(bound)] as const), ["+Inf", 1] as const];
    return bounds.map(([le, part]) => {
      return {
        name: `${name}_bucket`,
        labels: { ...labels, le },
        at: (time: number) => Math.floor(count(time) * part),
      };
    });
  });
}

/** Returns every combination of labels' values. */
export function combined(values: Readonly<Record<string, readonly string[]>>): Labels[] {
  return Object.entries(values).reduce<Labels[]>(
    (sets, [label, each]) => sets.flatMap((labels) => each.map((value) => ({ ...labels, [label]: value }))),
    [{}],
  );
}
