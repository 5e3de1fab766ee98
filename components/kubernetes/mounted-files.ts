import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { input } from "@pulumi/kubernetes/types";
import { contentHash } from "../identity/hash";

/** Text files by their path, relative to where they are mounted. */
export type Files = Readonly<Record<string, string>>;

/** Where a container finds its files. */
export const filesPath = "/runsheet";

/** All files under a directory, by their path in it. */
export function readFiles(directory: string): Files {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path, "utf8")]));
}

/** Files in a ConfigMap, which any number of pods of a namespace mount. */
export class MountedFiles {
  private constructor(
    readonly volume: input.core.v1.Volume,
    /** To depend on: a pod starts when its files are there. */
    readonly resource: pulumi.Resource,
  ) {}

  /**
   * Named after their content and never changed: a pod sees no other version than the one it was started with, and a
   * changed file is a changed pod. Kept in the cluster as long as its namespace: a content that comes back, before the `up`
   * that went away from it was done, has the name of what is still to be deleted, and would be deleted with it. What comes
   * back later is found by its name (the provider's `upsertExistingObjects`).
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

  /** One volume with all of them. */
  static together(all: readonly MountedFiles[]): input.core.v1.Volume {
    const sources = all.map((files) => ({ configMap: files.volume.configMap as input.core.v1.ConfigMapProjection }));
    return { name: "files", projected: { sources } };
  }

  /**
   * Under one name for ever, and mounted under their keys, with __ for / in a path: a changed or added file is no reason
   * to run again what already ran.
   */
  static shared(
    name: string,
    namespace: pulumi.Input<string>,
    files: Files,
    opts: pulumi.CustomResourceOptions,
  ): MountedFiles {
    const configMap = new ConfigMap(name, { metadata: { name, namespace }, data: data(files) }, opts);
    // The name as plain text: a reference to the resource would make its replacement theirs.
    return new MountedFiles({ name: "files", configMap: { name } }, configMap);
  }
}

/** A ConfigMap's key cannot hold a slash: the path is given back by the volume's `items`. */
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
