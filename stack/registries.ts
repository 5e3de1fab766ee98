/** The stack's logins at registries of private images. */
import * as pulumi from "@pulumi/pulumi";
import { loginsIn, passwordKeys, type RegistrySettings } from "../components/system/private-images";
import type { RegistryLogins } from "../components/kubernetes/registries";
import type { Secrets } from "../components/system/secrets";
import { runsheetSettings } from "./runsheet-settings";
import { parseValue } from "./values";

const isPlain = (key: string) => key in runsheetSettings.shape;

/** Secret keys of the stack that `runsheet:registries` names, read before it. Its errors are left to the schema. */
export function registrySecrets(): string[] {
  const config = pulumi.runtime.allConfig();
  const named = passwordKeys.safeParse(parseValue(passwordKeys, config["runsheet:registries"] ?? "")).data ?? [];
  return named.filter((key) => !isPlain(key) && `runsheet:${key}` in config);
}

/** Errors for plain keys that are named as passwords. */
export const registryProblems = (settings: RegistrySettings): string[] =>
  Object.entries(settings)
    .filter(([, { password }]) => isPlain(password))
    .map(
      ([host, { password }]) =>
        `runsheet:registries.${host}.password names ${password}, and runsheet:${password} is no secret; name a secret key, ` +
        "such as one that you set with: pulumi config set --secret runsheet:registryPassword",
    );

/** The passwords that are missing, by key, each with what it is. */
export const missingPasswords = (settings: RegistrySettings, secrets: Secrets): (readonly [string, string])[] =>
  Object.entries(settings)
    .filter(([, { password }]) => !isPlain(password) && secrets[password] === undefined)
    .filter(([, { password }], index, all) => all.findIndex(([, other]) => other.password === password) === index)
    .map(([host, { password }]) => [`runsheet:${password}`, `password of the registry ${host}`]);

/** The logins. Undefined if there are none. */
export const registryLogins = (settings: RegistrySettings, secrets: Secrets): RegistryLogins | undefined =>
  Object.keys(settings).length > 0 ? loginsIn(settings, secrets) : undefined;
