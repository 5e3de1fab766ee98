let working = 0;

/** Tells whether Ctrl-C is left to Pulumi now. */
export const isLeftToPulumi = (): boolean => working > 0;

/**
 * Leaves Ctrl-C to Pulumi while it works. It has the terminal's signal itself, ends what it has begun and releases its
 * lock. A process that ended at once would take Pulumi with it, and leave the lock.
 */
export function leavingInterruption<T>(work: () => Promise<T>): Promise<T> {
  const wait = () => undefined;
  process.on("SIGINT", wait);
  working += 1;
  return work().finally(() => {
    working -= 1;
    process.off("SIGINT", wait);
  });
}
