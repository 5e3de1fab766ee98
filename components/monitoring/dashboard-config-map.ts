/** ConfigMaps from which the sidecar of Grafana's chart loads dashboards. */
import type { Dashboard } from "./dashboard";
import { dashboardFile, dashboardText } from "./dashboard-json";

/** Labels by which the sidecar finds ConfigMaps: the default of Grafana's chart. */
export const sidecarLabels: Readonly<Record<string, string>> = { grafana_dashboard: "1" };

/** Name, labels and data of a ConfigMap. */
export interface DashboardConfigMap {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** Limit of a ConfigMap's data, in bytes. */
const limit = 1024 * 1024;

/**
 * Returns the ConfigMap of a dashboard. There is one for each, since a ConfigMap holds at most 1 MiB.
 * @param labels labels by which the sidecar finds it. Default: grafana_dashboard "1"
 * @throws Error if the dashboard is larger than a ConfigMap
 */
export function dashboardConfigMap(dashboard: Dashboard, labels = sidecarLabels): DashboardConfigMap {
  const [file, text] = [dashboardFile(dashboard), dashboardText(dashboard)];
  const bytes = Buffer.byteLength(file) + Buffer.byteLength(text);
  if (bytes > limit)
    throw new Error(`dashboard ${dashboard.uid}: it has ${bytes} bytes, and a ConfigMap holds ${limit}; split it`);
  return { name: `dashboard-${dashboard.uid}`, labels, data: { [file]: text } };
}
