/** The key `registries`: logins at registries of private images, and the pods that get them. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { pullingFrom, pullSecret, pullSecretsFor } from "../kubernetes/registries";
import type { Secrets } from "./secrets";
import { secretKey } from "./setting-values";

const host = z
  .string()
  .regex(
    /^([a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9-]+:\d+|localhost)$/,
    "must be the host of a registry, such as registry.example or registry.example:5000, without https:// and a path",
  );

const login = z.strictObject({
  username: z
    .string()
    .min(1)
    .meta({ description: "User, or the name of a token or robot.", examples: ["robot"] }),
  password: secretKey.meta({
    description: "Secret key of this namespace that holds the password or token.",
    examples: ["registryPassword"],
  }),
});

export const registries = z
  .record(host, login)
  .default({})
  .meta({
    description:
      "Logins at registries of private images, by the host in the images' names; `docker.io` for those that have " +
      "none. `password` is the secret key of this namespace that holds the password or token. Every pod of the system " +
      "that runs an image of one of these registries gets them in a pull secret, `SYSTEM-registries`. Default: none; " +
      "images are pulled with the logins of the nodes and of the namespace's default service account.",
    examples: [{ "registry.example": { username: "robot", password: "registryPassword" } }],
  });

/** Part of a system that the functions below use. */
interface PrivateImages {
  readonly settings: { readonly registries: z.infer<typeof registries> };
  readonly secrets: Secrets;
}

const secretName = (system: string) => `${system}-registries`;

/** Returns options with which every pod of a system is given the logins that its images need. */
export function withRegistries(
  system: string,
  { settings }: Pick<PrivateImages, "settings">,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  const hosts = Object.keys(settings.registries);
  if (hosts.length === 0) return opts;
  return pulumi.mergeOptions(opts, { transformations: [pullingFrom(secretName(system), hosts)] });
}

/** Makes the Secret with the logins. stack/system-section.ts makes sure that their passwords are set. */
export function provideLogins(
  system: string,
  namespace: pulumi.Input<string>,
  { settings, secrets }: PrivateImages,
  parent: pulumi.Resource,
): void {
  const logins = Object.entries(settings.registries).map(
    ([host, { username, password }]) => [host, { username, password: secrets[password]! }] as const,
  );
  if (logins.length > 0) pullSecret(secretName(system), namespace, Object.fromEntries(logins), { parent });
}

/** Reference to the Secret, for what runs these images. Undefined if they need no login. */
export const pullSecretsOf = (
  system: string,
  { registries }: PrivateImages["settings"],
  images: readonly string[],
): { name: string }[] | undefined => pullSecretsFor(secretName(system), Object.keys(registries), images);
