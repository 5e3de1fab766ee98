/**
 * Ctrl-C during a bench. The program that it runs has the terminal's signal as well, and fails: then the bench fails, too,
 * and what it has made and changed is put back.
 */

/** Keeps signals from ending the process at once. Returns what throws once one has come. */
export function interruptible(): () => void {
  let came: NodeJS.Signals | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => (came ??= signal));
  return () => {
    if (came) throw new Error(`interrupted by ${came}: what the bench had changed was put back`);
  };
}
