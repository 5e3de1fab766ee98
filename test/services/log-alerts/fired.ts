/** Forms in which the alerts on logs have to reach Alertmanager. */
import { keyOf } from "../../../components/monitoring/alert";
import { names } from "../../../systems";
import { systemAlerts } from "../../../systems/alerts";
import { logAlertCases } from "../../unit/systems/log-alert-cases";
import type { ActiveAlert } from "./scene";

/** Keys of all alerts on logs, each with its system. */
export const keys = names.flatMap((system) =>
  (systemAlerts[system]!(system).logAlerts ?? []).map((alert) => [keyOf(alert), system] as const),
);

/** Alert of a key, as it fires with one line more than is good. `more` are labels of the store's own. */
export function expectedAlert(key: string, system: string, more: Readonly<Record<string, string>> = {}) {
  const alert = systemAlerts[system]!(system).logAlerts!.find((each) => keyOf(each) === key)!;
  const each = logAlertCases[system]![key]!;
  const labels = { alertname: alert.name, severity: alert.severity, system, namespace: system };
  return {
    labels: {
      ...labels,
      workload: each.workload,
      channels: each.channels,
      ...(each.role && { role: each.role }),
      ...more,
    },
    annotations: {
      summary: alert.summary,
      description: each.description,
      runbook_url: `https://example.com/docs/runbooks/${each.runbook}`,
    },
    receivers: [`${system}/${each.receiver}`],
  };
}

/** Alerts of a key's name, as far as they are compared. */
export const firedOf = (key: string, alerts: readonly ActiveAlert[]) =>
  alerts
    .filter(({ labels }) => key.startsWith(`${labels.alertname}/`))
    .map(({ labels, annotations, receivers }) => ({
      labels,
      annotations,
      receivers: receivers.map(({ name }) => name),
    }));
