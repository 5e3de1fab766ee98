import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { contentHash } from "../identity/hash";
import { writeWholeFile } from "../kubernetes/atomic-write";
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

/** Helm's own word for what an uninstall leaves in the cluster; it takes over again what a release of the same name has left. */
const keptByHelm = { "helm.sh/resource-policy": "keep" };

/**
 * The kinds that operators define, as a Helm release of a chart that is made of them. As resources of their own they would be a
 * hundred thousand values in the stack's state, which Pulumi reads and writes again at each step of a deployment, and more
 * of it than everything else at its beginning. Helm keeps its record of them in the cluster.
 *
 * The kinds stay in the cluster when the release goes: with a kind Kubernetes deletes every object of it, and so every
 * database, of other stacks and teams too.
 */
export function definedKinds(
  name: string,
  namespace: string,
  definitions: readonly KubernetesObject[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new Release(name, { name, namespace, chart: chartOf(name, definitions.map(kept)) }, opts);
}

const kept = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...(object.metadata.annotations as object), ...keptByHelm } },
});

/** A chart of objects as they are; returns its directory, relative to the program's, so that it is the same on every machine. */
function chartOf(name: string, objects: readonly KubernetesObject[]): string {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const version = contentHash(text);
  const directory = join("node_modules", ".cache", "runsheet", `${name}-${version}`);
  const files = {
    "objects.yaml": text,
    "templates/objects.yaml": '{{ .Files.Get "objects.yaml" }}\n',
    "Chart.yaml": JSON.stringify({ apiVersion: "v2", name, version: `0.0.0-x${version}` }),
  };
  for (const [file, content] of Object.entries(files)) {
    const path = join(directory, file);
    if (!existsSync(path)) writeWholeFile(path, content);
  }
  return `.${sep}${directory}`;
}
