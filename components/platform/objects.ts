import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { contentHash } from "../identity/hash";
import { writeWholeFile } from "../identity/whole-file.cjs";
import type { KubernetesObject } from "./manifest";

/** Kubernetes object of any kind, exactly as in a manifest. */
export class ManifestObject extends pulumi.CustomResource {
  constructor(object: KubernetesObject, opts: pulumi.CustomResourceOptions) {
    const { apiVersion, kind, metadata } = object;
    // Pulumi's type for the core group, which Kubernetes writes as "v1".
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    const name = [metadata.namespace, metadata.name].filter(Boolean).join("/");
    super(`kubernetes:${group}:${kind}`, name, { ...object }, opts);
  }
}

/**
 * Annotation that makes Helm keep an object when its release is uninstalled. A new release of that name takes it over.
 */
const keptByHelm = { "helm.sh/resource-policy": "keep" };

/**
 * Installs CustomResourceDefinitions as a Helm release of a generated chart.
 *
 * As separate resources they would add a hundred thousand values to the stack's state, which Pulumi reads and writes at
 * each step of a deployment. Helm keeps its record of them in the cluster.
 *
 * They are kept in the cluster when the release is deleted. With a CustomResourceDefinition Kubernetes deletes all its
 * objects, and so every database, of other stacks and teams, too.
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

/**
 * Writes a chart of the objects. Returns its directory relative to the program's, so that it is the same on every
 * machine.
 */
function chartOf(name: string, objects: readonly KubernetesObject[]): string {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const version = contentHash(text);
  const directory = join("node_modules", ".cache", "runsheet", `${name}-${version}`);
  const files = {
    "objects.yaml": text,
    "templates/objects.yaml": '{{ .Files.Get "objects.yaml" }}\n',
    "Chart.yaml": JSON.stringify({ apiVersion: "v2", name, version: `0.0.0-x${version}` }),
  };
  // The directory may come from elsewhere, such as from the cache of a CI. Helm takes every file of a chart.
  const found = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: "utf8" }) : [];
  for (const file of found.filter((file) => file !== "templates" && !(file in files)))
    rmSync(join(directory, file), { recursive: true, force: true });
  for (const [file, content] of Object.entries(files)) {
    const path = join(directory, file);
    if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeWholeFile(path, content);
  }
  return `.${sep}${directory}`;
}
