/** What a disaster cost, counted from rows that were written all the time: none of it is guessed. */

/** A row whose commit the database has acknowledged. */
export interface WrittenRow {
  readonly id: number;
  /** When it was acknowledged, in milliseconds since 1970. */
  readonly at: number;
}

export interface Loss {
  /** Rows whose commit was acknowledged before the disaster. */
  readonly acknowledged: number;
  /** How many of those are there afterwards. */
  readonly survived: number;
  readonly lost: number;
  /** Rows that are there more than once. */
  readonly doubled: number;
  /**
   * How old the newest row that survived was at the moment of the disaster: what was written after it is lost. Infinite if none
   * survived: the database is older than all that was written, and nobody knows by how much.
   */
  readonly rpoSeconds: number;
}

/**
 * `disaster` in milliseconds since 1970; `found` are the ids that the recovered database has. Rows that were acknowledged after
 * the disaster do not count: they went into what is given up.
 * @throws Error if no row was written before the disaster: then nothing was measured
 */
export function lossOf(written: readonly WrittenRow[], found: readonly number[], disaster: number): Loss {
  const before = written.filter(({ at }) => at <= disaster);
  if (before.length === 0) throw new Error("no row was written before the disaster: there is nothing to measure");
  const there = new Set(found);
  const survived = before.filter(({ id }) => there.has(id));
  const lost = before.filter(({ id }) => !there.has(id));
  // Of a loss the first row tells since when: what is there after it does not make up for it.
  const complete = lost.length === 0 ? survived : survived.filter(({ at }) => at < lost[0]!.at);
  const newest = complete.at(-1)?.at ?? -Infinity;
  return {
    acknowledged: before.length,
    survived: survived.length,
    lost: lost.length,
    doubled: found.length - there.size,
    rpoSeconds: lost.length === 0 ? 0 : (disaster - newest) / 1000,
  };
}

/**
 * The longest time without an acknowledged row, from the first to the end of the writing: how long nobody could write, in seconds.
 * `end` in milliseconds since 1970.
 */
export function longestGap(written: readonly WrittenRow[], end: number): number {
  const times = [...written.map(({ at }) => at), end];
  return Math.max(0, ...times.slice(1).map((at, index) => at - times[index]!)) / 1000;
}
