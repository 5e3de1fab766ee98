/** Alerts on logs as the systems declare them. log-rules.ts makes rules of them for the store of logs. */
import type { AlertNotice } from "./alert";

/** Severities that lines are counted from. */
export type LogLevel = "warning" | "error";

/** Alert on the number of lines that a workload writes. */
export interface LogAlert extends AlertNotice {
  readonly lines: CountedLines;
  /** Greatest number of lines that is still good. */
  readonly moreThan: number;
  /** Number of minutes in which they are counted. */
  readonly minutes: number;
}

/** Lines that are counted, for each workload of a system. */
export interface CountedLines {
  /** Least severity. The collector finds it in the field `level` of JSON, or in the words of the line. */
  readonly level: LogLevel;
  /** Counts everything on stderr too, of whichever severity. Default: false. */
  readonly stderr?: boolean;
  /** Name of the workload. Default: each of the system. */
  readonly workload?: string;
  /** Kind of the log. Default: all but `audit` and `security`. */
  readonly kind?: string;
}

/** The parts of an alert on logs that differ from alert to alert. */
export type DeclaredLogAlert = Omit<LogAlert, "threshold" | "description">;

/** Alert on logs with its threshold in words. */
export function logAlert(declared: DeclaredLogAlert): LogAlert {
  const { lines, moreThan, minutes } = declared;
  const counted = wordsFor(lines);
  return {
    ...declared,
    threshold: `more than ${moreThan} ${counted} of a workload in ${minutes} minutes`,
    description: `{{ $labels.workload }} wrote {{ $value }} ${counted} in ${minutes} minutes.`,
  };
}

/** Alert on more than 20 errors of a workload in 5 minutes, a symptom. Its numbers are Runsheet's. */
export const errorsLogged = (declared: Pick<LogAlert, "name" | "heading"> & Partial<DeclaredLogAlert>): LogAlert =>
  logAlert({
    lines: { level: "error" },
    moreThan: 20,
    minutes: 5,
    for: "1m",
    severity: "warning",
    role: "symptom",
    summary: "A workload logs many errors.",
    ours: ["threshold", "duration", "severity"],
    ...declared,
  });

function wordsFor({ level, stderr = false, kind }: CountedLines): string {
  const severe = level === "error" ? "errors" : "warnings and errors";
  return `${severe}${stderr ? " or lines on stderr" : ""}${kind === undefined ? "" : ` of the ${kind} log`}`;
}
