/** Measurement of work beside its floor, alternately in one run: on a noisy machine the ratio says more than a time. */
import { setImmediate } from "node:timers/promises";

export interface Measured {
  readonly seconds: number;
  /** Seconds of it that are no part of the comparison, such as what checks themselves take. Default: none. */
  readonly apart?: number;
  /** Seconds of its parts, by their names. Default: none are printed. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** Work and the least that it can take. */
export interface Compared {
  /** Words for the work, such as "preview without changes". */
  readonly name: string;
  /** Words for the floor. */
  readonly floorName: string;
  /** Highest ratio of the two. Default: any is right. */
  readonly limit?: number;
  /** Most seconds that the work may take beyond its floor. Default: any are right. */
  readonly secondsMore?: number;
  work(): Promise<Measured>;
  floor(): Promise<Measured>;
}

export interface Rounds {
  readonly rounds: number;
  /** Throws if the bench is to end. Default: it goes on. */
  readonly expectGoingOn?: () => void;
  /** Default: to the console. */
  readonly print?: (line: string) => void;
}

/**
 * Runs the rounds, prints each of them and the medians of their ratios and differences, and tells whether these are within
 * the limits. The two of a round are compared with each other: they ran on the same machine at the same time.
 */
export async function compare(
  compared: Compared,
  { rounds, expectGoingOn = () => {}, print = console.log }: Rounds,
): Promise<boolean> {
  const { name, floorName, limit, secondsMore } = compared;
  print(`${name}, beside ${floorName}`);
  // Work that blocks lets no signal be noticed until then.
  const goingOn = () => setImmediate().then(expectGoingOn);
  const ratios: number[] = [];
  const differences: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await goingOn();
    const least = await compared.floor();
    await goingOn();
    const { seconds, apart = 0, parts = {} } = await compared.work();
    ratios.push((seconds - apart) / least.seconds);
    differences.push(seconds - apart - least.seconds);
    print(
      `  round ${round}: floor ${told(least.seconds)}, work ${told(seconds)}${inBrackets(parts)}, ratio ${ratios.at(-1)!.toFixed(2)}`,
    );
  }
  const [ratio, difference] = [median(ratios), median(differences)];
  print(`  median of the ratios ${ratio.toFixed(2)}${atMost(limit)}`);
  if (secondsMore !== undefined) print(`  median of the differences ${told(difference)}${atMost(secondsMore)}`);
  return (limit === undefined || ratio <= limit) && (secondsMore === undefined || difference <= secondsMore);
}

/** Measures work that has no parts. */
export async function timed(work: () => unknown): Promise<Measured> {
  const start = process.hrtime.bigint();
  await work();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

const told = (seconds: number) => `${seconds.toFixed(1)} s`;
const atMost = (limit: number | undefined) => (limit === undefined ? "" : ` (at most ${limit})`);

function inBrackets(parts: Readonly<Record<string, number>>): string {
  const each = Object.entries(parts).map(([name, seconds]) => `${name} ${told(seconds)}`);
  return each.length > 0 ? ` (${each.join(", ")})` : "";
}

/** Middle value, or the mean of both. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)]!, sorted[Math.floor(sorted.length / 2)]!];
  return (low + high) / 2;
}
