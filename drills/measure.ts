/** Measurement of a disaster's cost, by rows that were written continuously. Nothing is estimated. */

/** Row whose commit was acknowledged. */
export interface WrittenRow {
  readonly id: number;
  /** Time of the acknowledgement, in milliseconds since 1970. */
  readonly at: number;
}

export interface Loss {
  /** Number of rows whose commit was acknowledged before the disaster. */
  readonly acknowledged: number;
  /** Number of those that exist after the recovery. */
  readonly survived: number;
  readonly lost: number;
  /** Number of rows that exist more than once. */
  readonly doubled: number;
  /**
   * Age of the newest surviving row at the disaster, in seconds: later writes are lost. Infinite if no row survived,
   * for the database is then older than all rows by an unknown time.
   */
  readonly rpoSeconds: number;
}

/**
 * Computes the loss. Rows that were acknowledged after the disaster do not count: they went into the database that is
 * given up.
 * @param found ids in the recovered database
 * @param disaster time in milliseconds since 1970
 * @throws Error if no row was written before the disaster, so nothing was measured
 */
export function lossOf(written: readonly WrittenRow[], found: readonly number[], disaster: number): Loss {
  const before = written.filter(({ at }) => at <= disaster);
  if (before.length === 0)
    throw new Error("no row was written before the disaster: nothing can be measured, run the drill again");
  const there = new Set(found);
  const survived = before.filter(({ id }) => there.has(id));
  const lost = before.filter(({ id }) => !there.has(id));
  // The loss begins with the first lost row: later rows that survived do not make up for it.
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

/** Acknowledged rows over time, counted in intervals of one length. */
export interface RowsOverTime {
  /** Begin of the first interval. */
  readonly begin: number;
  /** Length of an interval, in seconds. */
  readonly seconds: number;
  /** Number of rows that were acknowledged in each interval, and of those that were lost later. */
  readonly acknowledged: readonly number[];
  readonly lost: readonly number[];
}

/** Largest number of intervals. */
const intervals = 120;

/** Counts the rows that `lossOf` counts, over time. `begin` is in milliseconds since 1970. */
export function rowsOverTime(written: readonly WrittenRow[], found: readonly number[], disaster: number): RowsOverTime {
  const before = written.filter(({ at }) => at <= disaster);
  const begin = before[0]?.at ?? disaster;
  const seconds = Math.max(1, Math.ceil((disaster - begin) / 1000 / intervals));
  const there = new Set(found);
  const counted = (rows: readonly WrittenRow[]) => {
    const counts = Array.from({ length: Math.floor((disaster - begin) / 1000 / seconds) + 1 }, () => 0);
    for (const { at } of rows) counts[Math.floor((at - begin) / 1000 / seconds)]! += 1;
    return counts;
  };
  return { begin, seconds, acknowledged: counted(before), lost: counted(before.filter(({ id }) => !there.has(id))) };
}

/**
 * Returns the longest time without an acknowledged row, from the first row to the end of the writing, in seconds.
 * @param end time in milliseconds since 1970
 */
export function longestGap(written: readonly WrittenRow[], end: number): number {
  const times = [...written.map(({ at }) => at), end];
  return Math.max(0, ...times.slice(1).map((at, index) => at - times[index]!)) / 1000;
}
