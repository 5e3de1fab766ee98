/** List of all alerts with their tests, as test/golden/alerts.txt has it. */
import { keyOf, type Alert, type AlertNotice } from "../../../components/monitoring/alert";
import { channelsLabel, channelsOf } from "../../../components/monitoring/alert-rules";
import type { LogAlert } from "../../../components/monitoring/log-alert";
import { logQl, logsQl } from "../../../components/monitoring/log-rules";
import type { SystemAlerts } from "../../../components/monitoring/system-rules";
import type { AlertCases } from "./alert-case";
import type { LogAlertCase, LogAlertCases } from "./log-alert-case";

/** Lines of alerts: what each says, and how it is tested. One without a case says so. */
export const listOf = (
  title: string,
  alerts: readonly Alert[],
  cases: AlertCases,
  bySeverity: SystemAlerts["channels"],
): string[] => [
  `# ${title}`,
  ...alerts.flatMap((alert) => [
    "",
    headOf(alert, bySeverity),
    `  ${alert.expr}`,
    `  ${alert.summary}`,
    `  tests: ${testsOf(cases[keyOf(alert)]) ?? "NONE"}`,
  ]),
  "",
];

/** Lines of a system's alerts on logs, with the expression for each store. */
export const logListOf = (
  system: string,
  namespace: string,
  { logAlerts = [], channels }: SystemAlerts,
  cases: LogAlertCases,
): string[] =>
  logAlerts.flatMap((alert: LogAlert) => [
    headOf(alert, channels),
    `  VictoriaLogs: ${logsQl(alert, { system })}`,
    `  Loki: ${logQl(alert, { system, namespace })}`,
    `  ${alert.summary}`,
    `  tests: ${logTestsOf(cases[keyOf(alert)]) ?? "NONE"}`,
    "",
  ]);

const headOf = (alert: AlertNotice, bySeverity: SystemAlerts["channels"]) =>
  `${keyOf(alert)} for ${alert.for} to ${channelsLabel(channelsOf(alert, bySeverity))} (${alert.heading})`;

const logTestsOf = (each: LogAlertCase | undefined): string | undefined =>
  each &&
  [
    ...[`${each.good} lines in ${each.minutes} minutes`, "one line more", "back"],
    ...Object.keys(each.ignored).map((title) => `${title} (does not fire)`),
  ].join("; ");

function testsOf(each: AlertCases[string] | undefined): string | undefined {
  if (!each) return undefined;
  const threshold = ["below", each.tooShort === 0 ? "pending" : "above for too short", "above for long enough", "back"];
  const traps = (each.traps ?? []).map(
    ({ title, description }) => `${title} (${description ? "fires" : "does not fire"})`,
  );
  return [...threshold, "another namespace", ...traps].join("; ");
}
