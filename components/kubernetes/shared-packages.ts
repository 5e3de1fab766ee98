import type * as pulumi from "@pulumi/pulumi";
import { bundlePackage, sharedPackages } from "./bundle";
import { MountedFiles, type Files } from "./mounted-files";

/** Returns the packages by the paths at which Node.js finds them from a program beside them. */
export const packageFiles = (): Files =>
  Object.fromEntries(sharedPackages.map((name) => [`node_modules/${name}/index.js`, bundlePackage(name)]));

/**
 * Mounts the packages that bundled programs require, once for all programs of a namespace.
 *
 * Pulumi keeps three copies of each ConfigMap in the stack's state and writes the state after every step. With the
 * packages in each program, they were half of it.
 */
export function nodePackages(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): MountedFiles {
  return MountedFiles.pinned(name, namespace, packageFiles(), opts);
}
