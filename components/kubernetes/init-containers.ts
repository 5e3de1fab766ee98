/** Init containers. Pulumi does not report why one failed, so they exit 0 and hand errors to the main container. */
import type * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "./container";

/** Init container. When one fails, those after it are skipped, and the main container fails with its error. */
export interface Before extends ContainerArgs {
  readonly command: readonly pulumi.Input<string>[];
  /** Runs although an earlier container failed, for cleaning up. Default: false. */
  readonly always?: boolean;
  /** Skipped once an earlier container has written the file `unneeded`. Default: false. */
  readonly optional?: boolean;
  /** Mounts the token of the pod's account, with which its program asks the API server. Default: false. */
  readonly asksCluster?: boolean;
}

/** Directory in which the containers of a pod hand files to later ones. */
export const handover = "/before";

/** File that an earlier container writes to skip the optional ones. */
export const unneeded = `${handover}/unneeded`;

/** File with the errors of the containers that have failed. */
export const failure = `${handover}/failure`;

const errors = `${handover}/errors`;
const shell = (script: string, command: readonly pulumi.Input<string>[]) => ["sh", "-c", script, "sh", ...command];

/** Wraps an init container so that it exits 0 and hands over its error. */
export function attempt({ command, always, optional, asksCluster, ...container }: Before): ContainerArgs {
  const skip = (always ? "" : `[ ! -e ${failure} ] || exit 0\n`) + (optional ? `[ ! -e ${unneeded} ] || exit 0\n` : "");
  const run = `"$@" 2>${errors} || { status=$?; { cat ${errors}; echo "$1 ended with $status"; } >>${failure}; }`;
  return { ...container, command: shell(`${skip}${run}\ncat ${errors} >&2`, command) };
}

/**
 * Wraps the main container so that it fails with the error of an init container.
 * @throws Error if it has no command
 */
export function unlessFailed({ command, ...container }: ContainerArgs): ContainerArgs {
  if (!command)
    throw new Error("a container with init containers needs a command, for the image's own is unknown: set `command`");
  return {
    ...container,
    command: shell(`if [ -e ${failure} ]; then cat ${failure} >&2; exit 1; fi\nexec "$@"`, command),
  };
}
