/** Measurement of work beside its floor, alternately in one run: on a noisy machine the ratio says more than a time. */

/** Work and the least that it can take. Each returns its seconds, or what it took as the work itself says it. */
export interface Compared {
  /** Words for the work, such as "preview without changes". */
  readonly name: string;
  /** Words for the floor. */
  readonly floorName: string;
  /** Highest ratio of the two. */
  readonly limit: number;
  work(): Promise<number> | number;
  floor(): Promise<number> | number;
  /** Seconds of the work that are no part of the comparison, such as what checks themselves take. Default: none. */
  apart?(): number;
}

/** Runs the rounds, prints each of them and the ratio of the medians, and tells whether it is within the limit. */
export async function compare(compared: Compared, rounds: number): Promise<boolean> {
  const { name, floorName, limit } = compared;
  console.log(`${name}, beside ${floorName}`);
  const floors: number[] = [];
  const works: number[] = [];
  const aparts: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    floors.push(await compared.floor());
    works.push(await compared.work());
    aparts.push(compared.apart?.() ?? 0);
    const apart = compared.apart ? `, of which its checks themselves ${aparts.at(-1)!.toFixed(1)} s` : "";
    console.log(`  round ${round}: floor ${floors.at(-1)!.toFixed(1)} s, work ${works.at(-1)!.toFixed(1)} s${apart}`);
  }
  const ratio = (median(works) - median(aparts)) / median(floors);
  console.log(`  ratio of the medians ${ratio.toFixed(2)} (at most ${limit})`);
  return ratio <= limit;
}

/** Seconds that work takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
