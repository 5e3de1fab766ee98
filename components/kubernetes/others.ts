/** Objects of other tools, in namespaces that a stack shares with them. */
import * as pulumi from "@pulumi/pulumi";
import type { Read } from "./kubeconfig";
import { isMade, type MadeMetadata } from "./made";
import { objectPath, type Named } from "./object-path";

/**
 * Returns a transformation that refuses to overwrite an object of another tool in these namespaces. A preview refuses it,
 * too, so that nothing is changed before.
 * @param isTaken tells whether an object is taken over
 */
export function leavingOthers(
  namespaces: readonly string[],
  isTaken: (object: Named) => boolean,
  read: Read,
): pulumi.ResourceTransformation {
  const hook = new pulumi.ResourceHook(
    "leave-others",
    async ({ newInputs }) => {
      const object = newInputs as Named;
      if (namespaces.includes(object.metadata.namespace) && !isTaken(object)) await refuseOverwriting(read, object);
    },
    { onDryRun: true },
  );
  return ({ type, props, opts }) =>
    type.startsWith("kubernetes:") && "metadata" in props
      ? { props, opts: pulumi.mergeOptions(opts, { hooks: { beforeCreate: [hook] } }) }
      : undefined;
}

/**
 * Checks that there is no object of this kind and name, or that Runsheet has made it.
 * @throws Error that names the object and the way out
 */
export async function refuseOverwriting(read: Read, object: Named): Promise<void> {
  const { kind, metadata } = object;
  const there = await read<{ readonly metadata: MadeMetadata }>(objectPath(object));
  if (!there || isMade(there.metadata)) return;
  throw new Error(
    `the ${kind} ${metadata.namespace}/${metadata.name} was made by another tool, and would be overwritten: ` +
      "delete it or give it another name first, or give the system a namespace of its own",
  );
}
