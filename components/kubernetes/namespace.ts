import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "./restricted";

/** A system's namespace; it admits only pods of the restricted security standard. Default of its name: the system's. */
export function systemNamespace(system: string, opts: pulumi.CustomResourceOptions, name = system): Namespace {
  const labels = { ...restrictedNamespaceLabels, "app.kubernetes.io/managed-by": "runsheet" };
  return new Namespace(system, { metadata: { name, labels } }, opts);
}
