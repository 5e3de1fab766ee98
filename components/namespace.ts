import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "./restricted";

/** A system's namespace; it admits only pods of the restricted security standard. */
export function systemNamespace(system: string, opts: pulumi.CustomResourceOptions): kubernetes.core.v1.Namespace {
  const labels = { ...restrictedNamespaceLabels, "app.kubernetes.io/managed-by": "runsheet" };
  return new kubernetes.core.v1.Namespace(system, { metadata: { name: system, labels } }, opts);
}
