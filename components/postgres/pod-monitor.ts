import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";

/** Creates a PodMonitor for the servers of a Cluster. CloudNativePG's own switch for it is deprecated. */
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
