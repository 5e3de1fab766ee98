import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "./restricted";

/** A system's namespace; it admits only pods of the restricted security standard. */
export function systemNamespace(system: string, opts: pulumi.CustomResourceOptions): Namespace {
  const labels = { ...restrictedNamespaceLabels, "app.kubernetes.io/managed-by": "runsheet" };
  return new Namespace(system, { metadata: { name: system, labels } }, opts);
}
