import type { ChildProcess } from "node:child_process";

let working = 0;

/** Tells whether Ctrl-C is left to Pulumi now. */
export const isLeftToPulumi = (): boolean => working > 0;

/**
 * Leaves Ctrl-C to Pulumi while it works. It has the terminal's signal itself, ends what it has begun and releases its
 * lock. A process that ended at once would take Pulumi with it, and leave the lock.
 */
export function leavingInterruption<T>(work: () => Promise<T>): Promise<T> {
  working += 1;
  return takingSignals(["SIGINT"], () => undefined, work).finally(() => (working -= 1));
}

/** Takes these signals while it works, so that they do not end the process. */
export function takingSignals<T>(
  signals: readonly NodeJS.Signals[],
  take: (signal: NodeJS.Signals) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (const signal of signals) process.on(signal, take);
  return work().finally(() => {
    for (const signal of signals) process.off(signal, take);
  });
}

/**
 * Resolves with the exit code of a program that was started, and 1 if a signal ended it.
 * @throws Error if it cannot be started
 */
export const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
