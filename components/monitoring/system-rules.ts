/** All rules of one system: its runbook's alerts, its objectives, and the platform's alerts. */
import type { Alert, AlertNotice, ChannelsBySeverity } from "./alert";
import { ruleGroup, type RuleArgs, type RuleGroup } from "./alert-rules";
import { burnRateAlerts, burnRateGroups, type Objective } from "./burn-rate";
import type { LogAlert } from "./log-alert";
import { platformAlerts, platformPage, type PlatformAlertArgs } from "./platform-alerts";

/** Everything that a system's folder declares about its alerts. */
export interface SystemAlerts {
  /** Channels of the alerts whose runbook names none, and of the platform's. */
  readonly channels: ChannelsBySeverity;
  /** Alerts in the order of the runbook. */
  readonly alerts: readonly Alert[];
  /** Names of the platform's alerts that say nothing of this system. Default: none. */
  readonly without?: readonly string[];
  /** Objectives whose error budget is watched, and the name of the alerts on it. Default: none. */
  readonly objectives?: { readonly alert: string; readonly all: readonly Objective[] };
  /** Alerts on logs. Their rules are not Prometheus', but those of the store of logs. Default: none. */
  readonly logAlerts?: readonly LogAlert[];
}

export interface SystemRuleArgs extends Omit<RuleArgs, "channels">, PlatformAlertArgs {}

/** Rule groups of a system. */
export function systemRuleGroups(declared: SystemAlerts, args: SystemRuleArgs): RuleGroup[] {
  const { channels, alerts, objectives } = declared;
  const all = { ...args, channels };
  return [
    ruleGroup("runbook", alerts, all),
    ...(objectives ? burnRateGroups(objectives.alert, objectives.all, all) : []),
    ruleGroup("platform", ofPlatform(declared, args), { ...all, page: platformPage }),
  ];
}

/** All alerts of a system that may reach Alertmanager, from Prometheus and from the store of logs. */
export const routedAlerts = (declared: SystemAlerts, args: PlatformAlertArgs): AlertNotice[] => [
  ...allAlerts(declared, args),
  ...(declared.logAlerts ?? []),
];

/** All alerts of a system on metrics, in the order of its rules. */
export const allAlerts = (declared: SystemAlerts, args: PlatformAlertArgs): Alert[] => [
  ...ofSystem(declared, args.namespace),
  ...ofPlatform(declared, args),
];

/** Alerts of the platform that a system has. */
export const ofPlatform = ({ without = [] }: SystemAlerts, args: PlatformAlertArgs): Alert[] =>
  platformAlerts(args).filter(({ name }) => !without.includes(name));

/** Alerts that a system has of its own: its runbook's, and those on its objectives. */
export function ofSystem({ alerts, objectives }: SystemAlerts, namespace: string): Alert[] {
  const ofObjectives = objectives?.all.flatMap((each) => burnRateAlerts(objectives.alert, each, namespace)) ?? [];
  return [...alerts, ...ofObjectives];
}
