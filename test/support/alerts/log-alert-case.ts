/** Test of one alert on logs, as test/unit/systems/log-alert-cases.ts describes it. */

/** Line as a program writes it. */
export interface LogLine {
  readonly text: string;
  /** Default: stdout. */
  readonly stream?: "stderr";
  /** Kind of a log file. Default: the output. */
  readonly kind?: string;
  /** Default: that of the case. */
  readonly workload?: string;
}

export interface LogAlertCase {
  /** Duration of the alert. */
  readonly for: string;
  /** Label `channels`. */
  readonly channels: string;
  /** Receiver of Alertmanager, with all channels there. */
  readonly receiver: string;
  /** Label `role`. Default: none. */
  readonly role?: "symptom";
  /** File and anchor of the runbook document. */
  readonly runbook: string;
  /** Workload that writes the lines. */
  readonly workload: string;
  /** Greatest number of lines at which the alert does not fire. */
  readonly good: number;
  /** Number of minutes after which a line counts no more. */
  readonly minutes: number;
  /** Description with one line more than is good. */
  readonly description: string;
  /** Lines that count, which are written in turn. */
  readonly counted: readonly LogLine[];
  /** Lines that do not count, each written as often as is good, by what they are. */
  readonly ignored: Readonly<Record<string, LogLine>>;
}

/** Cases by the key of their alert: PmErrorsLogged/warning. */
export type LogAlertCases = Readonly<Record<string, LogAlertCase>>;
