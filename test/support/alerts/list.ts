/** List of all alerts with their tests, as test/golden/alerts.txt has it. */
import { keyOf, type Alert } from "../../../components/monitoring/alert";
import { channelsLabel, channelsOf } from "../../../components/monitoring/alert-rules";
import type { SystemAlerts } from "../../../components/monitoring/system-rules";
import type { AlertCases } from "./alert-case";

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
    `${keyOf(alert)} for ${alert.for} to ${channelsLabel(channelsOf(alert, bySeverity))} (${alert.heading})`,
    `  ${alert.expr}`,
    `  ${alert.summary}`,
    `  tests: ${testsOf(cases[keyOf(alert)]) ?? "NONE"}`,
  ]),
  "",
];

function testsOf(each: AlertCases[string] | undefined): string | undefined {
  if (!each) return undefined;
  const threshold = ["below", each.tooShort === 0 ? "pending" : "above for too short", "above for long enough", "back"];
  const traps = (each.traps ?? []).map(
    ({ title, description }) => `${title} (${description ? "fires" : "does not fire"})`,
  );
  return [...threshold, "another namespace", ...traps].join("; ");
}
