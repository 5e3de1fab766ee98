/** Logs of the systems' pods, by the store of the settings. */
import type * as pulumi from "@pulumi/pulumi";
import { Collector } from "./collector";
import type { LogDestination, LoggedNamespace } from "./collector-configuration";
import type { Labels } from "./kinds";
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
}

interface Destinations {
  readonly destination: LogDestination;
  readonly auditDestination: LogDestination;
  /** Value of the header Authorization. Default: none is sent. */
  readonly authorization?: pulumi.Input<string>;
}

/** Makes the stores, if they are the stack's, and the collector. Nothing without a store. */
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
  const { settings, logsAuthorization: authorization } = args;
  const { store, endpoint, headers } = settings.logs;
  if (store === "otlp") {
    // stack/monitoring.ts makes sure that the endpoint is set.
    const destination = { endpoint: endpoint!, headers, authorized: authorization !== undefined };
    return { destination, auditDestination: destination, authorization };
  }
  return settings.engine === "prometheus-operator" && store === "victorialogs"
    ? installed(args.namespace, settings, parent)
    : undefined;
}

/** Attributes by which VictoriaLogs keeps logs together, and so finds them fast. */
const streams = { "VL-Stream-Fields": "system,workload,release,kind" };

function installed(
  namespace: pulumi.Output<string>,
  { namespace: namespaceName, images, logs }: OperatorSettings,
  parent: pulumi.Resource,
): Destinations {
  const settings = logs.victorialogs;
  const store = (name: string, retentionDays: number): LogDestination => {
    new LogStore(name, { namespace, image: images.victoriaLogs, settings, retentionDays }, { parent });
    return { endpoint: otlpOf(name, namespaceName), headers: streams };
  };
  return {
    destination: store("victorialogs", settings.retentionDays),
    auditDestination: store("victorialogs-audit", settings.auditRetentionDays),
  };
}
