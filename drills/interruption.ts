/** Interruption by a signal: the step that runs fails with it, so that what it has taken away is given back. */
import { isLeftToPulumi } from "../lab/interruption";

/** A terminal that is closed sends SIGHUP. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Time within which npm passes on the signal that the terminal has sent to all, in milliseconds. */
const sameMilliseconds = 1000;

/**
 * Returns what is rejected once a signal asks the drill to end. Another signal ends the process at once. Ctrl-C is Pulumi's
 * while it works: it ends what it has begun, and fails.
 */
export function interruption(): Promise<never> {
  // Nobody reads what is written to a terminal that was closed.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const interrupted = new Promise<never>((_, reject) => {
    let first: number | undefined;
    for (const signal of signals)
      process.on(signal, () => {
        if (signal === "SIGINT" && isLeftToPulumi()) return;
        if (first !== undefined && Date.now() - first > sameMilliseconds) process.exit(2);
        first ??= Date.now();
        reject(new Error(`interrupted by ${signal}`));
      });
  });
  interrupted.catch(() => undefined);
  return interrupted;
}
