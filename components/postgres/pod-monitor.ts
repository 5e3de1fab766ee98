import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";

/** Has the cluster's Prometheus operator read the metrics of a Cluster's servers. CloudNativePG's own switch for it is on its way out. */
export const podMonitor = (
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): CustomResource =>
  new CustomResource(
    `${name}-pod-monitor`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { "cnpg.io/cluster": name } },
        podMetricsEndpoints: [{ port: "metrics" }],
      },
    },
    opts,
  );
