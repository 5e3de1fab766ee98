/** Secret variables of a system. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppSecrets, NamedSecret } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import type { SecretVariables } from "./settings";

/** Secret values by configuration key. A key that is not set is missing. */
export type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * Returns the values by variable. A required one that the stack does not set is generated: stack/config.ts makes sure
 * that this happens only with `generateSecrets`.
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

/** The secret variables of a workload: all keys of a Secret, or single keys of a Secret that a runbook names. */
export interface SecretEnvironment {
  readonly environmentFrom: readonly pulumi.Output<string>[];
  readonly environment: Environment;
}

/**
 * Writes the values to a Secret.
 * @param keys keys by variable in the Secret "<system>-secrets". Default: a Secret whose name and keys are generated
 */
export function secretEnvironment(
  system: string,
  namespace: pulumi.Input<string>,
  values: Readonly<Record<string, pulumi.Output<string>>>,
  keys: Readonly<Record<string, string>> | undefined,
  parent: pulumi.Resource,
): SecretEnvironment {
  const name = `${system}-secrets`;
  if (Object.keys(values).length === 0) return { environmentFrom: [], environment: {} };
  if (!keys) {
    const { secret } = new AppSecrets(name, { namespace, values }, { parent });
    return { environmentFrom: [secret], environment: {} };
  }
  const keyOf = (variable: string) => keys[variable] ?? variable;
  const named = Object.fromEntries(Object.entries(values).map(([variable, value]) => [keyOf(variable), value]));
  const secret = new NamedSecret(name, { name, namespace, values: named }, { parent });
  const variables = Object.keys(values).map((variable) => [variable, secret.key(keyOf(variable))] as const);
  return { environmentFrom: [], environment: { ...Object.fromEntries(variables), SECRETS_REVISION: secret.revision } };
}

/**
 * Returns the variables of a command for which the configuration names secrets. Undefined for none.
 * @param name name of the Secret that is made for them
 * @param keys keys of the stack's secrets by variable. stack/system-section.ts makes sure that they are set
 */
export function commandEnvironment(
  name: string,
  keys: Readonly<Record<string, string>>,
  { namespace, args }: { readonly namespace: pulumi.Input<string>; readonly args: { readonly secrets: Secrets } },
  parent: pulumi.Resource,
): Environment | undefined {
  const variables = Object.keys(keys);
  if (variables.length === 0) return undefined;
  const values = Object.fromEntries(variables.map((variable) => [variable, args.secrets[keys[variable]!]!]));
  // Read when the command starts: it is not run again because a value is new.
  const secret = new NamedSecret(name, { name, namespace, values }, { parent });
  return Object.fromEntries(variables.map((variable) => [variable, secret.key(variable)]));
}

function generated(system: string, key: string, parent: pulumi.Resource): pulumi.Output<string> {
  const name = `${system}-generated-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return pulumi.interpolate`generated-${new random.RandomPassword(name, { length: 32, special: false }, { parent }).result}`;
}
