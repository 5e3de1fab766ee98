import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "./restricted";

/**
 * Creates a system's namespace, which admits only pods of the restricted security standard. Default of its name:
 * `system`.
 */
export function systemNamespace(system: string, opts: pulumi.CustomResourceOptions, name = system): Namespace {
  const labels = { ...restrictedNamespaceLabels, "app.kubernetes.io/managed-by": "runsheet" };
  return new Namespace(system, { metadata: { name, labels } }, opts);
}
