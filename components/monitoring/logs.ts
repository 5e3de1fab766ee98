/** Logs of the systems' pods, by the store of the settings. */
import type * as pulumi from "@pulumi/pulumi";
import { Collector } from "./collector";
import type { LogDestination, LoggedNamespace } from "./collector-configuration";
import type { Labels } from "./kinds";
import { alertOnStore, rulesForLoki } from "./log-alerting";
import type { LogStoreOf, SystemLogAlerts } from "./log-rules";
import { isExistingStore } from "./log-settings";
import { LogStore, otlpOf } from "./log-store";
import { nodesNamespace, type MonitoringSettings, type OperatorSettings } from "./settings";

export interface LogsArgs {
  readonly settings: MonitoringSettings;
  readonly namespace: pulumi.Output<string>;
  /** Makes the namespace that admits privileged pods. */
  readonly nodes: () => pulumi.Output<string>;
  readonly namespaces: readonly LoggedNamespace[];
  /** Value of the header Authorization. Default: none is sent. */
  readonly logsAuthorization?: pulumi.Input<string>;
  readonly selected: Labels;
  readonly alerts: readonly SystemLogAlerts[];
  /** Name of the stack, the label `stack` of the alerts. */
  readonly stack: string;
}

interface Destinations {
  readonly destination: LogDestination;
  readonly auditDestination: LogDestination;
  /** Value of the header Authorization. Default: none is sent. */
  readonly authorization?: pulumi.Input<string>;
}

/** Makes the stores, if they are the stack's, the rules of the alerts, and the collector. Nothing without a store. */
export function collectLogs(args: LogsArgs, parent: pulumi.Resource): void {
  const { settings, namespaces, selected, nodes } = args;
  const { images } = settings;
  const destinations = destinationsOf(args, parent);
  if (!destinations) return;
  const { authorization } = destinations;
  const place = { namespace: nodes(), namespaceName: nodesNamespace(settings), image: images.collector };
  new Collector({ ...place, ...destinations, namespaces, authorization, selected }, { parent });
}

function destinationsOf(args: LogsArgs, parent: pulumi.Resource): Destinations | undefined {
  const { settings, namespace, alerts, logsAuthorization: authorization } = args;
  const { store, endpoint, headers } = settings.logs;
  if (isExistingStore(store)) {
    if (store === "loki") rulesForLoki(namespace, settings.namespace, settings.logs.lokiRules, alerts, parent);
    // stack/monitoring.ts makes sure that the endpoint is set.
    const destination = { endpoint: endpoint!, headers, authorized: authorization !== undefined };
    return { destination, auditDestination: destination, authorization };
  }
  return settings.engine === "prometheus-operator" && store === "victorialogs"
    ? installed(args, settings, parent)
    : undefined;
}

/** Attributes by which VictoriaLogs keeps logs together, and so finds them fast. */
const streams = { "VL-Stream-Fields": "system,workload,release,kind" };

function installed(
  { namespace, stack, alerts }: LogsArgs,
  operator: OperatorSettings,
  parent: pulumi.Resource,
): Destinations {
  const { namespace: namespaceName, images, logs } = operator;
  const settings = logs.victorialogs;
  const store = (name: string, holds: LogStoreOf, retentionDays: number): LogDestination => {
    new LogStore(name, { namespace, image: images.victoriaLogs, settings, retentionDays }, { parent });
    alertOnStore(name, holds, { namespace, settings: operator, stack, alerts }, parent);
    return { endpoint: otlpOf(name, namespaceName), headers: streams };
  };
  return {
    destination: store("victorialogs", "output", settings.retentionDays),
    auditDestination: store("victorialogs-audit", "audit", settings.auditRetentionDays),
  };
}
