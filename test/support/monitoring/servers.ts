/** The servers of the lab's monitoring, as this machine reaches them. */
import { Prometheus, type Series } from "../../../dashboards/pictures/prometheus";
import { kubectl } from "../cluster";

/** Namespace of the lab's monitoring. */
export const monitoringNamespace = "runsheet-monitoring";

const addressOf = (pod: string) =>
  kubectl("get", "pod", "-n", monitoringNamespace, pod, "-o", "jsonpath={.status.podIP}");

/** URL of Prometheus. */
export const prometheusUrl = async () => `http://${await addressOf("prometheus-runsheet-0")}:9090`;

/** Values of an expression now. */
export async function valuesOf(expression: string): Promise<Series[]> {
  return new Prometheus(await prometheusUrl()).instant(expression, Date.now() / 1000);
}

/** Answer of Prometheus' API. */
export async function askedOf<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${await prometheusUrl()}/api/v1/${path}`);
  return ((await response.json()) as { readonly data: Answer }).data;
}

/** Names of the alerts that Alertmanager has, each with its system's namespace: NAMESPACE/NAME. */
export async function alertsAtAlertmanager(): Promise<string[]> {
  const response = await fetch(`http://${await addressOf("alertmanager-runsheet-0")}:9093/api/v2/alerts`);
  const alerts = (await response.json()) as readonly { readonly labels: Readonly<Record<string, string>> }[];
  return alerts.map(({ labels }) => `${labels.namespace}/${labels.alertname}`);
}

/** A line of a log, with its attributes. */
export type LogLine = Readonly<Record<string, string>>;

/** Lines of logs that LogsQL finds in a store: `victorialogs` or `victorialogs-audit`. */
export async function logLines(query: string, store = "victorialogs"): Promise<LogLine[]> {
  const url = `http://${await addressOf(`${store}-0`)}:9428/select/logsql/query`;
  const response = await fetch(url, { method: "POST", body: new URLSearchParams({ query }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${store} answered ${response.status}: ${text}`);
  const lines = text.split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LogLine);
}
