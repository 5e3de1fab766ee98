/** The secret part of a system's environment. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SecretVariables } from "./settings";

/** A system's secret values by configuration key; those that are not set are missing. */
export type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * The secret variables with their values: from the stack's secrets, and on a stack that generates them made up where a
 * required one is missing. config.ts has made sure that no required one is missing elsewhere.
 */
export function secretValues(
  system: string,
  variables: SecretVariables,
  secrets: Secrets,
  parent: pulumi.Resource,
): Record<string, pulumi.Output<string>> {
  const required = Object.entries(variables.required).map(
    ([key, variable]) => [variable, secrets[key] ?? generated(system, key, parent)] as const,
  );
  const optional = Object.entries(variables.optional).flatMap(([key, variable]) =>
    secrets[key] ? [[variable, secrets[key]] as const] : [],
  );
  return Object.fromEntries([...required, ...optional]);
}

function generated(system: string, key: string, parent: pulumi.Resource): pulumi.Output<string> {
  const name = `${system}-generated-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return pulumi.interpolate`generated-${new random.RandomPassword(name, { length: 32, special: false }, { parent }).result}`;
}
