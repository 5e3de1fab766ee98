/** The key `registries`: logins at registries of private images, and the pods that get them. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { pullingFrom, pullSecret, pullSecretsFor, type RegistryLogins } from "../kubernetes/registries";
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

const logins = z.record(host, login).default({});
const examples = [{ "registry.example": { username: "robot", password: "registryPassword" } }];
const hosts =
  "by the host in the images' names; `docker.io` for those that have none. `password` is the secret key of this namespace " +
  "that holds the password or token. ";

/** The key of a system. */
export const registries = logins.meta({
  description:
    `Logins at registries of private images, ${hosts}Every pod of the system that runs an image of one of these registries ` +
    "gets them in a pull secret, `SYSTEM-registries`, beside those of `runsheet:registries`. Default: those alone.",
  examples,
});

/** The key of the stack. */
export const stackRegistries = logins.meta({
  description:
    `Logins at registries of private images, ${hosts}Every pod of the stack that runs an image of one of these registries ` +
    "gets them in a pull secret: those of the systems, of PostgreSQL and Redis, of the operators and of the monitoring. " +
    "`SYSTEM:registries` adds to them, and comes first for a host that both have. Default: none; images are pulled with " +
    "the logins of the nodes and of the namespace's default service account.",
  examples,
});

/** The secret keys that either key names, read before the whole: other errors, even in the same entry, are left to it. */
export const passwordKeys = z
  .record(
    z.string(),
    z
      .object({ password: z.string() })
      .transform(({ password }) => [password])
      .catch([]),
  )
  .transform((entries) => Object.values(entries).flat());

/** Settings of either key. */
export type RegistrySettings = z.infer<typeof logins>;

/** Logins of settings, with the passwords of the namespace they are in. */
export const loginsIn = (settings: RegistrySettings, secrets: Secrets): RegistryLogins =>
  Object.fromEntries(
    Object.entries(settings).map(([host, { username, password }]) => [
      host,
      { username, password: secrets[password]! },
    ]),
  );

/** Part of a system that the functions below use. */
interface PrivateImages {
  readonly settings: { readonly registries: RegistrySettings };
  readonly secrets: Secrets;
  /** The stack's logins. Default: none. */
  readonly registries?: RegistryLogins;
}

const hostsOf = ({ settings, registries }: Omit<PrivateImages, "secrets">) => [
  ...new Set([...Object.keys(registries ?? {}), ...Object.keys(settings.registries)]),
];

/** Name of the Secret in the namespace of a system. */
export const pullSecretName = (system: string) => `${system}-registries`;

/** Returns a transformation that gives pods of the system's namespace the logins that their images need. */
export const pullingOf = (system: string, args: Omit<PrivateImages, "secrets">): pulumi.ResourceTransformation =>
  pullingFrom(pullSecretName(system), hostsOf(args));

/** Returns options with which every pod of a system is given the logins that its images need. */
export function withRegistries(
  system: string,
  args: Omit<PrivateImages, "secrets">,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  if (hostsOf(args).length === 0) return opts;
  return pulumi.mergeOptions(opts, { transformations: [pullingOf(system, args)] });
}

/** Makes the Secret with the logins. stack/system-section.ts makes sure that their passwords are set. */
export function provideLogins(
  system: string,
  namespace: pulumi.Input<string>,
  { settings, secrets, registries }: PrivateImages,
  parent: pulumi.Resource,
): void {
  const logins = { ...registries, ...loginsIn(settings.registries, secrets) };
  if (Object.keys(logins).length > 0) pullSecret(pullSecretName(system), namespace, logins, { parent });
}

/** Reference to the Secret, for what runs these images. Undefined if they need no login. */
export const pullSecretsOf = (
  system: string,
  args: Omit<PrivateImages, "secrets">,
  images: readonly string[],
): { name: string }[] | undefined => pullSecretsFor(pullSecretName(system), hostsOf(args), images);
