import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { input } from "@pulumi/kubernetes/types";
import { contentHash } from "../identity/hash";
import { decoded, isFile, isLeftBehind } from "../identity/text-file";
import { contentsOf, keyOf, type Files } from "./file-keys";

export type { Files } from "./file-keys";

/** Mount path of the files. */
export const filesPath = "/runsheet";

/** Lists the relative paths of all files under a directory, but for what an editor or a merge left behind. */
export const pathsIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(isFile)
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !isLeftBehind(path))
    .sort();

/**
 * Reads the files that `pathsIn` lists, by their relative path.
 * @throws Error that names the file and the byte, if one is not UTF-8
 */
export function readFiles(directory: string): Files {
  const read = (path: string) => decoded(readFileSync(path), path);
  return Object.fromEntries(pathsIn(directory).map((path) => [path, read(join(directory, path))]));
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
   * Creates a ConfigMap with a constant name, mounted under its keys (`keyOf`), the largest compressed if they are too
   * large together: in-pod/unpack.sh of the migrations makes them what they were. A changed or added file does not run a
   * finished task again.
   */
  static shared(
    name: string,
    namespace: pulumi.Input<string>,
    files: Files,
    opts: pulumi.CustomResourceOptions,
  ): MountedFiles {
    const configMap = new ConfigMap(name, { metadata: { name, namespace }, ...contentsOf(files) }, opts);
    // Plain text: as a reference, a replaced ConfigMap would replace the pods.
    return new MountedFiles({ name: "files", configMap: { name } }, configMap);
  }
}

function data(files: Files): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [keyOf(path), text]));
}

/** Volume whose `items` give the files their paths back. */
function volume(configMap: pulumi.Input<string>, files: Files): input.core.v1.Volume {
  return {
    name: "files",
    configMap: { name: configMap, items: Object.keys(files).map((path) => ({ key: keyOf(path), path })) },
  };
}
