import { Namespace } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "../kubernetes/restricted";
import { nodesNamespace, type MonitoringSettings } from "./settings";

/** Namespaces of the monitoring. */
export interface MonitoringNamespaces {
  /** Namespace that admits only pods of the restricted security standard. */
  readonly namespace: pulumi.Output<string>;
  /** Namespace of that name, for objects that are in it without a reference to it. */
  readonly resource: pulumi.Resource;
  /** Makes the namespace that admits privileged pods, once it is needed: they read files of the nodes. */
  readonly nodes: () => pulumi.Output<string>;
}

/** hostPath volumes are refused by every other standard. */
const privileged = { "pod-security.kubernetes.io/enforce": "privileged" };

/** @param provide gives a namespace what all pods in it need, by the name of a resource in Pulumi */
export function monitoringNamespaces(
  settings: MonitoringSettings,
  protect: boolean,
  parent: pulumi.Resource,
  provide: (namespace: pulumi.Output<string>, resource: string) => void,
): MonitoringNamespaces {
  const make = (resource: string, name: string, standard: object, opts: pulumi.CustomResourceOptions) => {
    const labels = { ...standard, "app.kubernetes.io/managed-by": "runsheet" };
    const namespace = new Namespace(resource, { metadata: { name, labels } }, { parent, ...opts });
    provide(namespace.metadata.name, `${resource}-registries`);
    return namespace;
  };
  const made = make("monitoring", settings.namespace, restrictedNamespaceLabels, { protect });
  let nodes: pulumi.Output<string> | undefined;
  return {
    namespace: made.metadata.name,
    resource: made,
    nodes: () => (nodes ??= make("monitoring-nodes", nodesNamespace(settings), privileged, {}).metadata.name),
  };
}
