import type * as pulumi from "@pulumi/pulumi";
import { bundlePackage, sharedPackages } from "./bundle";
import { MountedFiles, type Files } from "./mounted-files";

/** The packages where Node.js looks for them from a program beside. */
export const packageFiles = (): Files =>
  Object.fromEntries(sharedPackages.map((name) => [`node_modules/${name}/index.js`, bundlePackage(name)]));

/**
 * The packages that bundled programs require, once for all programs of a namespace, which mount them beside their own
 * file. Pulumi keeps three copies of each ConfigMap in the stack's state and writes all of that after every step: with
 * the packages in each program, they were half of it.
 */
export function nodePackages(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): MountedFiles {
  return MountedFiles.pinned(name, namespace, packageFiles(), opts);
}
