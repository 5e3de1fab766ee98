/** Requests to stop an `up`, which may reach the program that runs Pulumi and not Pulumi itself. */
import type { ChildProcess } from "node:child_process";
import { isStopRequest } from "../../engine/events";
import { EventLog } from "../../engine/event-log";
import { endOf, takingSignals } from "../../lab/interruption";

/** Time within which Pulumi notes a signal in its log, in milliseconds. */
const notedMilliseconds = 5000;

/**
 * Resolves with the exit code of Pulumi, and passes SIGINT and SIGTERM on if it has not had them. A terminal sends Ctrl-C
 * to all; a CI system may send its signal to the program that it started, and to no other. A second one would end Pulumi in
 * the middle of its work and leave its lock, so its log is asked first.
 */
export function passingStopRequests(child: ChildProcess, log: string): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) =>
    (timer ??= setTimeout(() => void (isStopping(log) || child.kill(signal)), notedMilliseconds));
  return takingSignals(["SIGINT", "SIGTERM"], pass, () => endOf(child)).finally(() => clearTimeout(timer));
}

/** True if Pulumi stops, also if its log cannot be read: a second signal would do more harm than none. */
function isStopping(file: string): boolean {
  const log = new EventLog(file);
  try {
    return log.read().events.some(isStopRequest);
  } catch {
    return true;
  } finally {
    log.close();
  }
}
