/** Namespaces that the copy made. A name alone may be somebody else's by now, or in the cluster of another context. */
import { z } from "zod";

const state = z.object({
  resources: z
    .array(
      z.object({
        type: z.string(),
        outputs: z
          .object({ metadata: z.object({ name: z.string(), uid: z.string() }) })
          .optional()
          .catch(undefined),
      }),
    )
    .default([]),
});

/**
 * Checks that each namespace in the state of the copy is still the one that it made, or is gone.
 * @param deployment state of the stack, as Pulumi exports it
 * @param uidOf returns the UID of a namespace in the cluster; empty if there is none
 * @throws Error that names one which is another's
 */
export async function expectOwnNamespaces(
  deployment: unknown,
  uidOf: (namespace: string) => Promise<string>,
): Promise<void> {
  for (const { type, outputs } of state.parse(deployment).resources) {
    if (type !== "kubernetes:core/v1:Namespace") continue;
    if (!outputs) throw new Error("the copy's state has a namespace without a UID: nothing was destroyed");
    const { name, uid } = outputs.metadata;
    const there = await uidOf(name);
    if (there !== "" && there !== uid)
      throw new Error(
        `the namespace ${name} is not the one that the copy made: it has the UID ${there}, and the copy's had ${uid}. Nothing was destroyed. Lead runsheet:context to the cluster of the copy, or, if its namespace is gone, forget its stack (pulumi stack rm --force, project runsheet-drill)`,
      );
  }
}
