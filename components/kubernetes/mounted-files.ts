import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { input } from "@pulumi/kubernetes/types";
import { contentHash } from "../identity/hash";

/** Text files by their path, relative to the mount. */
export type Files = Readonly<Record<string, string>>;

/** Mount path of the files. */
export const filesPath = "/runsheet";

/** Reads all files under a directory, by their relative path. */
export function readFiles(directory: string): Files {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path, "utf8")]));
}

/** ConfigMap with files, which any number of pods of a namespace mount. */
export class MountedFiles {
  private constructor(
    readonly volume: input.core.v1.Volume,
    /** Resource to depend on: a pod starts when its files exist. */
    readonly resource: pulumi.Resource,
  ) {}

  /**
   * Creates an immutable ConfigMap that is named after its content. A pod keeps the version that it was started with,
   * and a changed file changes the pod.
   *
   * The ConfigMap is kept until its namespace is deleted. Otherwise an `up` that returns to an earlier content would
   * create a ConfigMap with the name of one that it still has to delete, and then delete it. A content that returns
   * later is found by its name (the provider's `upsertExistingObjects`).
   */
  static pinned(
    name: string,
    namespace: pulumi.Input<string>,
    files: Files,
    opts: pulumi.CustomResourceOptions,
  ): MountedFiles {
    const metadata = { name: `${name}-${contentHash(files)}`, namespace };
    const kept = { ...opts, retainOnDelete: true };
    const configMap = new ConfigMap(name, { metadata, immutable: true, data: data(files) }, kept);
    return new MountedFiles(volume(configMap.metadata.name, files), configMap);
  }

  /** Combines several ConfigMaps into one volume. */
  static together(all: readonly MountedFiles[]): input.core.v1.Volume {
    const sources = all.map((files) => ({ configMap: files.volume.configMap as input.core.v1.ConfigMapProjection }));
    return { name: "files", projected: { sources } };
  }

  /**
   * Creates a ConfigMap with a constant name, mounted under its keys, with __ for / in a path. A changed or added file
   * does not run a finished task again.
   */
  static shared(
    name: string,
    namespace: pulumi.Input<string>,
    files: Files,
    opts: pulumi.CustomResourceOptions,
  ): MountedFiles {
    const configMap = new ConfigMap(name, { metadata: { name, namespace }, data: data(files) }, opts);
    // Plain text: as a reference, a replaced ConfigMap would replace the pods.
    return new MountedFiles({ name: "files", configMap: { name } }, configMap);
  }
}

/** Converts a path to a key, which cannot hold a slash. The volume's `items` restore the path. */
const key = (path: string) => path.replaceAll("/", "__");

function data(files: Files): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [key(path), text]));
}

function volume(configMap: pulumi.Input<string>, files: Files): input.core.v1.Volume {
  return {
    name: "files",
    configMap: { name: configMap, items: Object.keys(files).map((path) => ({ key: key(path), path })) },
  };
}
