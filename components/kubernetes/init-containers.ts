/**
 * Containers that run before a pod's own. Pulumi shows why that one failed and not why one before it did: so those end well
 * in any case, and leave to it what they have to say of errors.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "./container";

/** Something that runs before a pod's container. When one fails, those after it do not run, and the container fails with that. */
export interface Before extends ContainerArgs {
  readonly command: readonly pulumi.Input<string>[];
  /** Whether it runs although one before it failed, as what cleans up does. Default: false. */
  readonly always?: boolean;
  /** Skipped once an earlier container has written the file `unneeded`. Default: false. */
  readonly optional?: boolean;
}

/** Where they leave it. */
export const handover = "/before";

/** File that an earlier container writes to skip the optional ones. */
export const unneeded = `${handover}/unneeded`;

const failure = `${handover}/failure`;
const errors = `${handover}/errors`;
const shell = (script: string, command: readonly pulumi.Input<string>[]) => ["sh", "-c", script, "sh", ...command];

/** The container as it runs in the pod. */
export function attempt({ command, always, optional, ...container }: Before): ContainerArgs {
  const skip = (always ? "" : `[ ! -e ${failure} ] || exit 0\n`) + (optional ? `[ ! -e ${unneeded} ] || exit 0\n` : "");
  const run = `"$@" 2>${errors} || { status=$?; { cat ${errors}; echo "$1 ended with $status"; } >>${failure}; }`;
  return { ...container, command: shell(`${skip}${run}\ncat ${errors} >&2`, command) };
}

/** The pod's own container: it does what it is for unless one before it failed. Throws Error if nobody knows what that is. */
export function unlessFailed({ command, ...container }: ContainerArgs): ContainerArgs {
  if (!command) throw new Error("a container with others before it needs a command: its image's own is not known here");
  return {
    ...container,
    command: shell(`if [ -e ${failure} ]; then cat ${failure} >&2; exit 1; fi\nexec "$@"`, command),
  };
}
