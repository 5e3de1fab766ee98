/** Sections about alerts: what each means, who is told, what to look at first, and what makes it end. Alerts link there. */
import type { AlertNotice, ChannelsBySeverity } from "../../components/monitoring/alert";
import { channelsOf } from "../../components/monitoring/alert-rules";
import { platformPage } from "../../components/monitoring/platform-alerts";
import { ofSystem, type SystemAlerts } from "../../components/monitoring/system-rules";
import type { AdviceByName } from "../advice/advice";
import { ofSystems } from "../advice/of-systems";
import { heading, list, table, text, verbatim, type Block } from "./block";

/** Alerts of a system under the headings of its runbook. */
export function alertsOf(system: string, declared: SystemAlerts): Block[] {
  const { channels, logAlerts = [] } = declared;
  return [
    heading(2, "Alerts"),
    text(
      "The headings are those of the original, and the links of alerts lead to them. Alerts on backups, databases and pods " +
        `are [those of every system](${platformPage}.md); their channels are ${bySeverity(channels)}. The namespace of each ` +
        "command is the alert's label `namespace`. What is Runsheet's own in a threshold is in [the list of " +
        "alerts](../alerts.md).",
    ),
    ...alertSections(ofSystem(declared, ""), ofSystems[system] ?? {}, channels, 3),
    ...(logAlerts.length > 0
      ? [
          heading(3, "Alerts on logs"),
          table(
            ["alert", "fires", "for", "severity", "channels", "heading"],
            logAlerts.map((alert) => [
              ...[verbatim(alert.name), alert.threshold, alert.for, alert.severity],
              ...[channelsOf(alert, channels).join(", "), alert.heading],
            ]),
          ),
        ]
      : []),
  ];
}

/**
 * Alerts by their heading, and within it by their name, in their order.
 * @param channels channels by severity. Default: they are not shown
 * @throws Error if there is no advice on one
 */
export function alertSections(
  alerts: readonly AlertNotice[],
  advice: AdviceByName,
  channels: ChannelsBySeverity | undefined,
  level: 2 | 3,
): Block[] {
  const headings = [...new Set(alerts.map((alert) => alert.heading))];
  return headings.flatMap((title) => {
    const under = alerts.filter((alert) => alert.heading === title);
    const ofName = [...new Set(under.map(({ name }) => name))];
    return [
      heading(level, title),
      ...ofName.flatMap((name) =>
        paragraphs(
          under.filter((each) => each.name === name),
          advice,
          channels,
        ),
      ),
    ];
  });
}

/** Text of one alert, in all its severities. */
function paragraphs(
  alerts: readonly AlertNotice[],
  advice: AdviceByName,
  channels: ChannelsBySeverity | undefined,
): Block[] {
  const { name, summary, labels } = alerts[0]!;
  const about = advice[name];
  if (!about) throw new Error(`no advice on ${name}: add it to runbook/advice`);
  return [
    text(`**${name}.** ${labels ? "Users get less than an objective promises." : summary}`),
    list([fires(alerts, channels), `Look first: ${about.look}`, `Ends with: ${about.back}`]),
  ];
}

/** Conditions of an alert by severity. Those of an error budget are the same for each objective. */
function fires(alerts: readonly AlertNotice[], channels: ChannelsBySeverity | undefined): string {
  const told = (alert: AlertNotice) => (channels ? `, tells ${channelsOf(alert, channels).join(" and ")}` : "");
  const objectives = [...new Set(alerts.flatMap(({ labels }) => labels?.slo ?? []))];
  if (objectives.length > 0) {
    const severities = [...new Set(alerts.map((alert) => `${alert.severity}${told(alert)}`))];
    return `Fires if the error budget of ${objectives.join(", ")} is used up [too fast](../alerts.md#error-budgets): ${severities.join("; ")}.`;
  }
  const each = alerts.map((alert) => `${alert.severity}: ${alert.threshold}, for ${alert.for}${told(alert)}`);
  return `Fires as ${each.join("; ")}.`;
}

const bySeverity = (channels: ChannelsBySeverity) =>
  Object.entries(channels)
    .map(([severity, names]) => `${names.join(" and ")} for ${severity}`)
    .join(", ");
