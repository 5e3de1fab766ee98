/** Rules from alerts on logs, in the languages of the stores: LogsQL of VictoriaLogs, and LogQL of Loki 3. */
import { stringify } from "yaml";
import { alertingRule, type AlertingRule, type RuleArgs } from "./alert-rules";
import type { CountedLines, LogAlert, LogLevel } from "./log-alert";
import { auditKinds, isAuditKind } from "./log-kinds";

/** Alerts of a system on its logs. */
export interface SystemLogAlerts {
  readonly alerts: readonly LogAlert[];
  readonly args: RuleArgs;
}

/** Stores of VictoriaLogs: that of audits is its own. */
export type LogStoreOf = "output" | "audit";

/** Text of a rule file of vmalert with the alerts on what one store has. Undefined if there are none. */
export const vmalertRules = (systems: readonly SystemLogAlerts[], store: LogStoreOf): string | undefined =>
  ruleFile(
    systems.map(({ alerts, args }) => ({ alerts: alerts.filter((alert) => storeOf(alert.lines) === store), args })),
    { type: "vlogs" },
    (alert, args) => {
      const rule = alertingRule({ ...alert, expr: logsQl(alert, args) }, args);
      // vmalert adds the name of the count, unless the label is empty.
      return { ...rule, labels: { ...rule.labels, stats_result: "" } };
    },
  );

/** Text of a rule file of Loki's ruler. Undefined if there are no alerts. */
export const lokiRules = (systems: readonly SystemLogAlerts[]): string | undefined =>
  ruleFile(systems, {}, (alert, args) => alertingRule({ ...alert, expr: logQl(alert, args) }, args));

/** Condition in LogsQL, over the attributes as VictoriaLogs has them. */
export function logsQl({ lines, moreThan, minutes }: LogAlert, { system }: Pick<RuleArgs, "system">): string {
  const { level, stderr = false, workload, kind } = lines;
  const stream = matchers({ system, workload, kind });
  const severe = `severity_number:>=${leastNumber[level]}`;
  const counted = stderr ? `(${severe} or "log.iostream":="stderr")` : severe;
  return `_time:${minutes}m {${stream.join(",")}} ${counted} | stats by (workload) count() lines | filter lines:>${moreThan}`;
}

/**
 * Condition in LogQL, over the attributes as Loki 3 has them without a configuration of its own: the namespace is a label
 * of the stream, and the others are structured metadata. Each has _ for a dot.
 */
export function logQl(
  { lines, moreThan, minutes }: LogAlert,
  { system, namespace }: Pick<RuleArgs, "system" | "namespace">,
): string {
  const { level, stderr = false, workload, kind } = lines;
  const severe = `severity_number >= ${leastNumber[level]}`;
  const stages = [
    ...matchers({ system, workload, kind }),
    ...(kind === undefined ? [`kind!~"${auditKinds.join("|")}"`] : []),
    stderr ? `${severe} or log_iostream="stderr"` : severe,
  ];
  const selected = `{k8s_namespace_name=${JSON.stringify(namespace)}} | ${stages.join(" | ")}`;
  return `sum by (workload) (count_over_time(${selected} [${minutes}m])) > ${moreThan}`;
}

/** Numbers of the severities, as OpenTelemetry has them. */
const leastNumber: Readonly<Record<LogLevel, number>> = { warning: 13, error: 17 };

const storeOf = ({ kind }: CountedLines): LogStoreOf => (kind !== undefined && isAuditKind(kind) ? "audit" : "output");

const matchers = (values: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${JSON.stringify(value)}`]));

function ruleFile(
  systems: readonly SystemLogAlerts[],
  more: object,
  rule: (alert: LogAlert, args: RuleArgs) => AlertingRule,
): string | undefined {
  const groups = systems
    .filter(({ alerts }) => alerts.length > 0)
    .map(({ alerts, args }) => ({
      ...{ name: `${args.system}.logs`, ...more },
      rules: alerts.map((alert) => rule(alert, args)),
    }));
  return groups.length === 0 ? undefined : stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}
