/**
 * Rules, routes and dashboards, which others write: this is the one place where they are handed in. Each is for a system,
 * in whose namespace it lies, or for the whole stack.
 */
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { NamedSecret } from "../kubernetes/app-secrets";
import type { SystemLogAlerts } from "./log-rules";
import { operatorObject, type AlertmanagerConfigSpec, type Labels, type PrometheusRuleSpec } from "./kinds";

interface Content {
  /** Name of the object. It is unique among those of its kind. */
  readonly name: string;
  /** Name of the system. Default: the whole stack. */
  readonly system?: string;
}

/** Groups of alerting and recording rules. */
export interface Rules extends Content {
  readonly spec: PrometheusRuleSpec;
}

/** Route of alerts to receivers. */
export interface Routes extends Content {
  readonly spec: AlertmanagerConfigSpec;
  /** Secret that the receivers refer to by its name, with its values by key. Default: they refer to none. */
  readonly secret?: { readonly name: string; readonly values: Readonly<Record<string, pulumi.Input<string>>> };
}

/** Dashboard as Grafana's JSON. */
export interface Dashboard extends Content {
  /** File by its name, such as omniops.json. */
  readonly data: Readonly<Record<string, string>>;
  /** Labels beside those of the configuration. Default: none. */
  readonly labels?: Labels;
}

/** Everything that the monitoring of a stack is given. */
export interface MonitoringContents {
  readonly rules: readonly Rules[];
  readonly routes: readonly Routes[];
  readonly dashboards: readonly Dashboard[];
  /** Alerts on logs, which go to the store of logs. */
  readonly logAlerts: readonly SystemLogAlerts[];
}

/** Places of the contents. */
export interface Delivery {
  /** Namespaces by system. */
  readonly systems: ReadonlyMap<string, pulumi.Input<string>>;
  /** Namespace of what is for the whole stack. */
  readonly namespace: pulumi.Input<string>;
  /** Labels of rules and routes, by which Prometheus and Alertmanager select them. */
  readonly selected: Labels;
  /** Labels of dashboards, by which Grafana's sidecar finds them. */
  readonly dashboardLabels: Labels;
}

/**
 * Makes a PrometheusRule of rules, an AlertmanagerConfig of routes, and a ConfigMap of each dashboard. Alerts on logs are
 * made beside the store of logs.
 * @throws Error if one is for a system that the stack does not have
 */
export function deliver(
  { rules, routes, dashboards }: MonitoringContents,
  delivery: Delivery,
  opts: pulumi.CustomResourceOptions,
): void {
  const { selected: labels, dashboardLabels } = delivery;
  const place = (content: Content) => ({ name: content.name, namespace: namespaceOf(content, delivery) });
  for (const each of rules)
    operatorObject("PrometheusRule", `${each.name}-rules`, { ...place(each), labels }, each.spec, opts);
  for (const each of routes) {
    const { namespace, name } = place(each);
    const secret = each.secret && new NamedSecret(`${name}-receivers`, { namespace, ...each.secret }, opts);
    operatorObject("AlertmanagerConfig", `${name}-routes`, { name, namespace, labels }, each.spec, {
      ...opts,
      dependsOn: [opts.dependsOn ?? [], secret ?? []].flat() as pulumi.Resource[],
    });
  }
  for (const { labels: own, data, ...each } of dashboards) {
    const metadata = { ...place(each), labels: { ...dashboardLabels, ...own } };
    new ConfigMap(`${each.name}-dashboard`, { metadata, data: { ...data } }, opts);
  }
}

function namespaceOf({ name, system }: Content, { systems, namespace }: Delivery): pulumi.Input<string> {
  if (system === undefined) return namespace;
  const found = systems.get(system);
  if (found !== undefined) return found;
  throw new Error(
    `${name} is for the system ${system}, which the stack does not have; it has ${[...systems.keys()].join(", ")}`,
  );
}
