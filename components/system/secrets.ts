/** The secret part of a system's environment. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppSecrets, NamedSecret } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import type { SecretVariables } from "./settings";

/** A system's secret values by configuration key; those that are not set are missing. */
export type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * The secret variables with their values: from the stack's secrets, and on a stack that generates them made up where a
 * required one is missing. stack/config.ts has made sure that no required one is missing elsewhere.
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

/** The secret variables as a workload gets them: all keys of a Secret, or single ones of a Secret that a runbook names. */
export interface SecretEnvironment {
  readonly secrets: readonly pulumi.Output<string>[];
  readonly environment: Environment;
}

/** Puts the values where pods find them: under the keys of the Secret "<system>-secrets", or where nobody else looks. */
export function secretEnvironment(
  system: string,
  namespace: pulumi.Input<string>,
  values: Readonly<Record<string, pulumi.Output<string>>>,
  keys: Readonly<Record<string, string>> | undefined,
  parent: pulumi.Resource,
): SecretEnvironment {
  const name = `${system}-secrets`;
  if (Object.keys(values).length === 0) return { secrets: [], environment: {} };
  if (!keys) return { secrets: [new AppSecrets(name, { namespace, values }, { parent }).secret], environment: {} };
  const keyOf = (variable: string) => keys[variable] ?? variable;
  const named = Object.fromEntries(Object.entries(values).map(([variable, value]) => [keyOf(variable), value]));
  const secret = new NamedSecret(name, { name, namespace, values: named }, { parent });
  const variables = Object.keys(values).map((variable) => [variable, secret.key(keyOf(variable))] as const);
  return { secrets: [], environment: { ...Object.fromEntries(variables), SECRETS_REVISION: secret.revision } };
}

function generated(system: string, key: string, parent: pulumi.Resource): pulumi.Output<string> {
  const name = `${system}-generated-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return pulumi.interpolate`generated-${new random.RandomPassword(name, { length: 32, special: false }, { parent }).result}`;
}
