/** Measurement of work beside its floor, alternately in one run: on a noisy machine the ratio says more than a time. */

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
  work(): Promise<Measured>;
  floor(): Promise<Measured>;
}

/** Runs the rounds, prints each of them and the ratio of the medians, and tells whether it is within the limit. */
export async function compare(compared: Compared, rounds: number): Promise<boolean> {
  const { name, floorName, limit } = compared;
  console.log(`${name}, beside ${floorName}`);
  const floors: number[] = [];
  const works: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const least = await compared.floor();
    const { seconds, apart = 0, parts = {} } = await compared.work();
    floors.push(least.seconds);
    works.push(seconds - apart);
    console.log(`  round ${round}: floor ${told(least.seconds)}, work ${told(seconds)}${inBrackets(parts)}`);
  }
  const ratio = median(works) / median(floors);
  console.log(`  ratio of the medians ${ratio.toFixed(2)}${limit === undefined ? "" : ` (at most ${limit})`}`);
  return limit === undefined || ratio <= limit;
}

/** Measures work that has no parts. */
export async function timed(work: () => unknown): Promise<Measured> {
  const start = process.hrtime.bigint();
  await work();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

const told = (seconds: number) => `${seconds.toFixed(1)} s`;

function inBrackets(parts: Readonly<Record<string, number>>): string {
  const each = Object.entries(parts).map(([name, seconds]) => `${name} ${told(seconds)}`);
  return each.length > 0 ? ` (${each.join(", ")})` : "";
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
