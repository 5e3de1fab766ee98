/** The key `namespace`: where a system is in the cluster. */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a namespace, such as production")
  .meta({ examples: ["production"] });

/**
 * The key `namespace`.
 * @param named the name that the system's runbook says. Default: it says none
 */
export const namespace = (named?: string) =>
  z
    .strictObject({
      name: (named === undefined ? name.optional() : name.default(named)).describe(
        "Name, behind `runsheet:namespacePrefix`. It cannot be changed once the system is up." +
          (named === undefined ? " Default: the system's name." : ""),
      ),
      create: z
        .boolean()
        .default(true)
        .describe(
          "Whether the stack makes the namespace, and deletes it with everything in it on `destroy`. `false` is for a " +
            "namespace of others, which must exist: the stack makes and deletes its own objects only.",
        ),
    })
    .prefault({})
    .meta({
      description: "Namespace of the system. No two systems have the same.",
      examples: [{ name: "production", create: false }],
    });
