/** The stack's part of the monitoring: its keys, its namespaces, and what others write for it. */
import type * as pulumi from "@pulumi/pulumi";
import { Monitoring, type MonitoringArgs } from "../components/monitoring";
import { keysOfReceivers, receiverKeys } from "../components/monitoring/alert-settings";
import { isExistingStore } from "../components/monitoring/log-settings";
import { nodesNamespace, type MonitoringSettings } from "../components/monitoring/settings";
import { imageProblems } from "../components/monitoring/versions";
import type { Claim } from "./cluster";
import type { Secrets } from "../components/system/secrets";
import type { System } from "../components/system";
import type { ConfiguredSystem } from "./configured-system";
import { contentsOf } from "./monitoring-contents";
import { namespaceOf } from "./namespaces";

/** Part of the configuration that the monitoring is made from. */
export interface MonitoredConfiguration extends Pick<
  MonitoringArgs,
  "logsAuthorization" | "manifestCache" | "protect" | "registries" | "stack"
> {
  readonly monitoring?: MonitoringSettings;
  /** Secrets of the receivers of alerts, by their key. */
  readonly receiverSecrets: Secrets;
  readonly systems: readonly ConfiguredSystem[];
  readonly namespacePrefix: string;
}

/** The secret keys of the monitoring, with their descriptions. */
export const monitoringKeys: Readonly<Record<"logsAuthorization" | keyof typeof receiverKeys, string>> = {
  ...receiverKeys,
  logsAuthorization:
    "Header `Authorization` of every request to the store of `monitoring.logs`, such as `Bearer TOKEN`. Only with " +
    "`store: loki` and `store: otlp`.",
};

/** The namespaces that the stack makes for the monitoring. */
export const monitoringNamespacesOf = (settings: MonitoringSettings | undefined): string[] =>
  settings ? [settings.namespace, ...(readsNodes(settings) ? [nodesNamespace(settings)] : [])] : [];

/** Claims of these namespaces, which nobody else may have. */
export const monitoringClaims = (settings: MonitoringSettings | undefined): Claim[] =>
  monitoringNamespacesOf(settings).map((namespace) => ({
    namespace,
    known: false,
    wayOut: "set runsheet:monitoring.namespace to have another one",
  }));

const readsNodes = ({ engine, logs }: MonitoringSettings) => engine === "prometheus-operator" || logs.store !== "none";

/** True if the logs of the systems are collected. */
export const collectsLogs = (settings: MonitoringSettings | undefined): boolean =>
  settings !== undefined && settings.logs.store !== "none";

/** Errors of the keys with each other. */
export function monitoringProblems(settings: MonitoringSettings | undefined, secrets: Secrets): string[] {
  const { store, endpoint } = settings?.logs ?? {};
  const unused = secrets.logsAuthorization !== undefined && !isExistingStore(store);
  return [
    ...(settings ? imageProblems(settings) : []),
    ...(isExistingStore(store) && endpoint === undefined
      ? ["runsheet:monitoring.logs.endpoint is missing; set it to the URL of the store's OTLP"]
      : []),
    ...(unused
      ? [
          "runsheet:logsAuthorization is set, but runsheet:monitoring.logs.store is neither loki nor otlp; remove it, or set the store",
        ]
      : []),
  ];
}

/** Selects the secrets of the receivers among those of the stack. */
export const receiverSecretsIn = (secrets: Secrets): Secrets =>
  Object.fromEntries(Object.entries(secrets).filter(([key]) => key in receiverKeys));

/** Lists the secrets that the receivers of alerts need and the stack lacks. */
export const missingReceiverKeys = (settings: MonitoringSettings | undefined, secrets: Secrets) =>
  settings ? keysOfReceivers(settings.receivers).filter((key) => !secrets[key]) : [];

/** Makes the monitoring of the deployed systems. Nothing without the key. */
export async function monitor(
  { monitoring: settings, receiverSecrets, systems, namespacePrefix, ...configuration }: MonitoredConfiguration,
  deployed: readonly (readonly [name: string, system: System])[],
  opts: pulumi.ComponentResourceOptions,
): Promise<void> {
  if (!settings) return;
  const namespaces = systems.map((each) => ({
    system: each.system.name,
    namespace: namespaceOf(each, namespacePrefix),
  }));
  const names = { prefix: namespacePrefix, stack: configuration.stack };
  const contents = contentsOf(settings, receiverSecrets, systems, names);
  const monitored = deployed.map(([, system]) => system.monitored);
  await Monitoring.create({ ...configuration, settings, namespaces, contents, systems: monitored }, opts);
}
