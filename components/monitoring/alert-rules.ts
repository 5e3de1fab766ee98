/** Rule groups of Prometheus from alerts: as the spec of the operator's PrometheusRule, and as an ordinary rule file. */
import { stringify } from "yaml";
import { channels, type Alert, type AlertNotice, type Channel, type ChannelsBySeverity } from "./alert";

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Rules that Prometheus evaluates in their order. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

export interface RuleArgs {
  /** Name of the system: pm. */
  readonly system: string;
  readonly namespace: string;
  /** Channels of the alerts that name none. */
  readonly channels: ChannelsBySeverity;
  /**
   * URL of the repository's files: the runbooks are in docs/runbooks below it. Default: an alert has no link to its
   * runbook.
   */
  readonly runbookBaseUrl?: string;
  /** Document of docs/runbooks that the links lead to, without its ending. Default: the system's. */
  readonly page?: string;
}

/**
 * Rule of an alert. Its label `namespace` is the system's, also where the expression has aggregated it away: Alertmanager
 * gives an AlertmanagerConfig only the alerts of its own namespace.
 */
export function alertingRule(alert: Alert, args: RuleArgs): AlertingRule {
  const { system, namespace, page = system } = args;
  const role: Record<string, string> = alert.role === undefined ? {} : { role: alert.role };
  return {
    alert: alert.name,
    expr: alert.expr,
    for: alert.for,
    labels: {
      ...alert.labels,
      ...role,
      severity: alert.severity,
      system,
      namespace,
      channels: channelsLabel(channelsOf(alert, args.channels)),
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      ...(args.runbookBaseUrl !== undefined && {
        runbook_url: `${args.runbookBaseUrl.replace(/\/$/, "")}/docs/runbooks/${page}.md#${anchorOf(alert.heading)}`,
      }),
    },
  };
}

/** Channels of an alert: those that its runbook names, or those of its severity. */
export const channelsOf = (alert: AlertNotice, bySeverity: ChannelsBySeverity): readonly Channel[] =>
  alert.channels ?? bySeverity[alert.severity];

/** Value of the label `channels`, by which routes.ts finds the receiver: pagerduty-slack. */
export const channelsLabel = (of: readonly Channel[]): string =>
  channels.filter((channel) => of.includes(channel)).join("-");

/** Group `name` of the rules of `alerts`. */
export const ruleGroup = (name: string, alerts: readonly Alert[], args: RuleArgs): RuleGroup => ({
  name: `${args.system}.${name}`,
  rules: alerts.map((alert) => alertingRule(alert, args)),
});

/** Spec of a PrometheusRule. Groups without a rule are left out. */
export const prometheusRuleSpec = (groups: readonly RuleGroup[]) => ({
  groups: groups.filter(({ rules }) => rules.length > 0),
});

/** Text of a rule file, for promtool or a Prometheus without the operator. */
export const ruleFile = (groups: readonly RuleGroup[]): string =>
  stringify(prometheusRuleSpec(groups), { lineWidth: 0, aliasDuplicateObjects: false });

/** Anchor of a heading in Markdown, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");
