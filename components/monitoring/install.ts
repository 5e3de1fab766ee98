/** Parts of the engine `prometheus-operator` beside the operator itself. */
import type * as pulumi from "@pulumi/pulumi";
import { ClusterMetrics } from "./cluster-metrics";
import { servers, type ServersArgs } from "./prometheus";
import type { MonitoringSettings } from "./settings";
import type { Labels } from "./kinds";

/** Labels by which Prometheus and Alertmanager select what is theirs: of this stack, or as the cluster's want it. */
export const selectedLabels = (settings: MonitoringSettings): Labels =>
  settings.engine === "existing" ? settings.labels : { "runsheet/monitoring": settings.namespace };

/** Makes Prometheus, Alertmanager, and the exporters of the cluster. */
export function install(args: ServersArgs & { readonly nodes: pulumi.Output<string> }, parent: pulumi.Resource): void {
  servers(args, parent);
  const { namespace, nodes, selected, settings } = args;
  new ClusterMetrics({ namespace, nodes, selected, images: settings.images }, { parent });
}
