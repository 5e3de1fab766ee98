/** Rules, routes and dashboards of a stack's systems, as the monitoring is handed them. */
import { routedAlerts, systemRuleGroups, type SystemAlerts } from "../components/monitoring/system-rules";
import { keysOfReceivers, receiversOf, receiversSecret } from "../components/monitoring/alert-settings";
import { prometheusRuleSpec } from "../components/monitoring/alert-rules";
import type { MonitoringContents } from "../components/monitoring/contents";
import { dashboardConfigMap } from "../components/monitoring/dashboard-config-map";
import { alertmanagerConfigSpec } from "../components/monitoring/routes";
import type { MonitoringSettings } from "../components/monitoring/settings";
import type { Secrets } from "../components/system/secrets";
import type { RequestMetrics } from "../systems/ai-backend/alerts";
import { systemAlerts } from "../systems/alerts";
import { stackDashboards } from "../systems/dashboards";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";

/** Alerts of a system that Runsheet does not know: the platform's alone. */
const ofOthers: SystemAlerts = {
  channels: { critical: ["pagerduty", "slack", "email"], warning: ["slack", "email"], info: ["slack"] },
  alerts: [],
};

/**
 * Returns everything that the monitoring is given.
 * @param secrets secrets of the receivers by their key
 * @param names prefix of the systems' namespaces, and the name of the stack, which messages say
 */
export function contentsOf(
  settings: MonitoringSettings,
  secrets: Secrets,
  systems: readonly ConfiguredSystem[],
  names: { readonly prefix: string; readonly stack: string },
): MonitoringContents {
  const { prefix, stack } = names;
  const all = systems.map((configured) => alertsOf(settings, configured, namespaceOf(configured, prefix)));
  const namespaces = systems.map((each) => [each.system.name, namespaceOf(each, prefix)] as const);
  const ofSystems = Object.fromEntries(systems.map(({ system, settings }) => [system.name, settings] as const));
  return {
    rules: all.map(({ declared, args }) => ({
      ...{ name: args.system, system: args.system },
      spec: prometheusRuleSpec(systemRuleGroups(declared, args)),
    })),
    routes:
      Object.keys(settings.receivers).length === 0 ? [] : all.map((each) => routesOf(settings, secrets, each, stack)),
    dashboards: stackDashboards(Object.fromEntries(namespaces), ofSystems).map((dashboard) => {
      const { name, data } = dashboardConfigMap(dashboard);
      return { name, data };
    }),
    logAlerts: all.map(({ declared: { channels, logAlerts = [] }, args }) => ({
      alerts: logAlerts,
      args: { ...args, channels },
    })),
  };
}

/** Alerts of a system, with what their expressions depend on. */
function alertsOf({ runbookUrl, promises }: MonitoringSettings, configured: ConfiguredSystem, namespace: string) {
  const { system, settings } = configured;
  const declared = systemAlerts[system.name]?.(namespace, metricsOf(settings)) ?? ofOthers;
  const database = settings.postgres.engine === "cloudnativepg" ? "cloudnativepg" : "postgres_exporter";
  const args = { system: system.name, namespace, database, promises, runbookBaseUrl: runbookUrl } as const;
  return { declared, args };
}

/** Names of the metrics that a system's objectives are measured by, where its settings have them. */
const metricsOf = (settings: object) => (settings as { readonly objectives?: RequestMetrics }).objectives;

function routesOf(
  { receivers }: MonitoringSettings,
  secrets: Secrets,
  { declared, args }: ReturnType<typeof alertsOf>,
  stack: string,
): MonitoringContents["routes"][number] {
  const keys = keysOfReceivers(receivers).map((key) => [key, secrets[key]!] as const);
  return {
    ...{ name: args.system, system: args.system },
    spec: alertmanagerConfigSpec(routedAlerts(declared, args), declared.channels, receiversOf(receivers), {
      namespace: args.namespace,
      stack,
    }),
    ...(keys.length > 0 && { secret: { name: receiversSecret, values: Object.fromEntries(keys) } }),
  };
}
