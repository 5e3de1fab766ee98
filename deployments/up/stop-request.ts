/** Requests to stop an `up`, which may reach the program that runs Pulumi and not Pulumi itself. */
import type { ChildProcess } from "node:child_process";
import { isStopRequest } from "../../engine/events";
import { EventLog } from "../../engine/event-log";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Time within which Pulumi notes a signal in its log, in milliseconds. */
const notedMilliseconds = 5000;

/**
 * Passes SIGINT and SIGTERM on to a Pulumi that has not had them, until the work ends. A terminal sends Ctrl-C to all; a CI
 * system may send its signal to the program that it started, and to no other. A second one would end Pulumi in the middle
 * of its work and leave its lock, so its log is asked first.
 */
export function passingStopRequests<T>(child: ChildProcess, log: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) =>
    (timer ??= setTimeout(() => void (isStopping(log) || child.kill(signal)), notedMilliseconds));
  for (const signal of signals) process.on(signal, pass);
  return work().finally(() => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, pass);
  });
}

function isStopping(file: string): boolean {
  const log = new EventLog(file);
  try {
    return log.read().events.some(isStopRequest);
  } finally {
    log.close();
  }
}
