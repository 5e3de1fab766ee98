import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "./manifest";

/** A Kubernetes object of any kind, exactly as a manifest has it. */
export class ManifestObject extends pulumi.CustomResource {
  constructor(object: KubernetesObject, opts: pulumi.CustomResourceOptions) {
    const { apiVersion, kind, metadata } = object;
    // Pulumi's token for the core group, which Kubernetes writes as "v1" alone.
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    const name = [metadata.namespace, metadata.name].filter(Boolean).join("/");
    super(`kubernetes:${group}:${kind}`, name, { ...object }, opts);
  }
}
