import type * as pulumi from "@pulumi/pulumi";
import { bundlePackage, sharedPackages } from "./bundle";
import { MountedFiles } from "./files";

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
  const files = sharedPackages.map((name) => [`node_modules/${name}/index.js`, bundlePackage(name)] as const);
  return MountedFiles.pinned(name, namespace, Object.fromEntries(files), opts);
}
