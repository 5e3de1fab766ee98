import { ConfigGroup } from "@pulumi/kubernetes/yaml/v2/configGroup";
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

/**
 * The kinds that an operator defines. They go to the provider as one text, which registers them itself: their schemas are
 * a hundred thousand values, and passing each through the program takes longer than the rest of a preview. For the same
 * reason nothing here imports the class of such a definition (apiextensions/v1): the SDK would read each back.
 */
export function definedKinds(
  name: string,
  definitions: readonly KubernetesObject[],
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource {
  // JSON is YAML, which the first line says: without it the provider takes the text for a single JSON value.
  const yaml = definitions.map((definition) => `# YAML\n${JSON.stringify(definition)}`).join("\n---\n");
  return new ConfigGroup(name, { yaml }, opts);
}
