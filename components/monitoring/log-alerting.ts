/** Rules of the alerts on logs where the store of logs is: in a vmalert beside VictoriaLogs, or for Loki's ruler. */
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { filesPath } from "../kubernetes/mounted-files";
import { Exporter } from "./exporter";
import { lokiRules, vmalertRules, type LogStoreOf, type SystemLogAlerts } from "./log-rules";
import type { LokiRuleSettings } from "./log-settings";
import { urlOf } from "./log-store";
import { serversName } from "./prometheus";
import type { OperatorSettings } from "./settings";

export interface VmalertArgs {
  readonly namespace: pulumi.Output<string>;
  readonly settings: OperatorSettings;
  /** Name of the stack, the label `stack` of the alerts. */
  readonly stack: string;
  readonly alerts: readonly SystemLogAlerts[];
}

const port = 8880;

/** Makes a vmalert for the VictoriaLogs `store`, if there are alerts on what is in it. */
export function alertOnStore(
  store: string,
  holds: LogStoreOf,
  { namespace, settings, stack, alerts }: VmalertArgs,
  parent: pulumi.Resource,
): void {
  const rules = vmalertRules(alerts, holds);
  if (rules === undefined) return;
  const file = "rules.yaml";
  const args = vmalertFlags({
    rules: `${filesPath}/${file}`,
    store: urlOf(store, settings.namespace),
    alertmanagers: alertmanagersOf(settings),
    port,
    stack,
  });
  const image = settings.images.vmalert;
  const name = `vmalert-${holds}`;
  new Exporter(name, { namespace, image, args, port, ready: "/health", files: { [file]: rules } }, { parent });
}

export interface VmalertFlags {
  /** Path of the rules. */
  readonly rules: string;
  /** URL of VictoriaLogs. */
  readonly store: string;
  /** URLs of every Alertmanager: each must be told. */
  readonly alertmanagers: readonly string[];
  readonly port: number;
  /** Name of the stack. */
  readonly stack: string;
}

/** Arguments of vmalert. Its alerts have the labels of Prometheus' own, and no more. */
export const vmalertFlags = ({ rules, store, alertmanagers, port, stack }: VmalertFlags): string[] => [
  `-rule=${rules}`,
  `-datasource.url=${store}`,
  ...alertmanagers.map((url) => `-notifier.url=${url}`),
  `-external.label=stack=${stack}`,
  "-disableAlertgroupLabel",
  "-evaluationInterval=30s",
  `-httpListenAddr=:${port}`,
];

/** The operator names the pods, and the Service by which each has an address, after the Alertmanager. */
const alertmanagersOf = ({ alertmanager: { replicas }, namespace }: OperatorSettings): string[] =>
  Array.from(
    { length: replicas },
    (_, index) => `http://alertmanager-${serversName}-${index}.alertmanager-operated.${namespace}.svc:9093`,
  );

/** Makes the ConfigMap with the rules, which the sidecar of a Loki finds by its labels. Nothing without alerts. */
export function rulesForLoki(
  namespace: pulumi.Output<string>,
  namespaceName: string,
  settings: LokiRuleSettings,
  alerts: readonly SystemLogAlerts[],
  parent: pulumi.Resource,
): void {
  const rules = lokiRules(alerts);
  if (rules === undefined) return;
  const { labels, annotations } = settings;
  const metadata = { name: "log-alerts", namespace, labels: { ...labels }, annotations: { ...annotations } };
  // The sidecar writes the rules of all stacks into one directory.
  new ConfigMap("log-alerts", { metadata, data: { [`${namespaceName}.yaml`]: rules } }, { parent });
}
