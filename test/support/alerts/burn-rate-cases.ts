/** Cases of the alerts on an objective's error budget, for each pair of windows. */
import { minutesOf } from "./timeline";
import type { AlertCase, AlertCases } from "./alert-case";
import { counter, type Series } from "./levels";

/** Series of an objective in which the share `healthy` or `faulty` is bad, from 0 to 1, of `all` things in a step. */
export type SeriesOfShares = (healthy: number, faulty: number, all: number) => Series;

interface ObjectiveCase {
  readonly alert: string;
  readonly slo: string;
  readonly severity: { readonly fast: string; readonly slow: string };
  /** Channels by severity. */
  readonly channels: Readonly<Record<string, string>>;
  readonly runbook: string;
  /** Share that the objective allows, from 0 to 1. */
  readonly allowed: number;
  /** Description around the value: "In the last 1h " + value + this. */
  readonly description: string;
}

/** The workbook's pairs, with steps so that a test has some hundred of them. */
const pairs = [
  { long: "1h", short: "5m", rate: 14.4, speed: "fast", for: "2m", step: 1 },
  { long: "6h", short: "30m", rate: 6, speed: "fast", for: "15m", step: 5 },
  { long: "1d", short: "2h", rate: 3, speed: "slow", for: "1h", step: 15 },
  { long: "3d", short: "6h", rate: 1, speed: "slow", for: "3h", step: 30 },
] as const;

/** Cases of an objective on a share of requests: nine tenths of the limit are well, and one and a half times is not. */
export const shareCases = (objective: ObjectiveCase, series: SeriesOfShares): AlertCases =>
  casesOf(objective, (pair) => {
    const limit = objective.allowed * pair.rate;
    const [healthy, faulty] = [rounded(0.9 * limit), rounded(Math.min(1, 1.5 * limit))];
    const crossing = (limit - healthy) / (faulty - healthy);
    // Nine bad ones in the long window: in the tests the share of them is the faulty one for all of it.
    const few = { title: "only nine are bad", series: series(faulty, faulty, 9 / faulty / stepsOf(pair)) };
    const tooShort = before(crossing * stepsOf(pair));
    return { faulty, series: series(healthy, faulty, 1e6), tooShort, traps: [few] };
  });

/** Cases of an objective on time: all of the time is well, or none. */
export const timeCases = (objective: ObjectiveCase, series: Series): AlertCases =>
  casesOf(objective, (pair) => ({
    faulty: 1,
    series,
    tooShort: before(objective.allowed * pair.rate * stepsOf(pair)),
  }));

/** Requests of which a share is bad. */
export const requests =
  (bad: string, all: string): SeriesOfShares =>
  (healthy, faulty, count) => ({ [bad]: counter(count * healthy, count * faulty), [all]: counter(count, count) });

interface Fault {
  readonly faulty: number;
  readonly series: Series;
  readonly tooShort: number;
}

const stepsOf = ({ long, step }: (typeof pairs)[number]) => minutesOf(long) / step;

/** Greatest whole number below. */
const before = (steps: number) => Math.ceil(rounded(steps)) - 1;

const rounded = (value: number) => Number(value.toPrecision(9));

function casesOf(
  { alert, slo, severity, channels, runbook, description }: ObjectiveCase,
  shares: (pair: (typeof pairs)[number]) => Pick<AlertCase, "traps"> & Fault,
): AlertCases {
  const cases = pairs.map((pair): readonly [string, AlertCase] => {
    const { faulty, series, tooShort, traps } = shares(pair);
    return [
      `${alert}/${severity[pair.speed]}/${slo}/${pair.long}/${pair.short}`,
      {
        for: pair.for,
        channels: channels[severity[pair.speed]]!,
        runbook,
        role: "symptom",
        description: `In the last ${pair.long} ${Number((100 * faulty).toPrecision(4))}% of ${description}`,
        series,
        step: pair.step,
        window: stepsOf(pair),
        tooShort,
        recovery: minutesOf(pair.short) / pair.step + 1,
        traps,
      },
    ];
  });
  return Object.fromEntries(cases);
}
