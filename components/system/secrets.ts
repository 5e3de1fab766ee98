/** Secret variables of a system. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppSecrets, NamedSecret } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import { variablesOfOthers, type SecretSettings } from "./secret-settings";
import type { SecretVariables } from "./settings";

/** Secret values by configuration key. A key that is not set is missing. */
export type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * Returns the values by variable, without those that a Secret of others has. A required one that the stack does not set is generated: stack/config.ts makes sure
 * that this happens only with `generateSecrets`.
 */
export function secretValues(
  system: string,
  variables: SecretVariables,
  secrets: Secrets,
  settings: SecretSettings,
  parent: pulumi.Resource,
): Record<string, pulumi.Output<string>> {
  const others = variablesOfOthers(settings);
  const own = Object.entries(variables.required).filter(([, variable]) => !(variable in others));
  const required = own.map(([key, variable]) => [variable, secrets[key] ?? generated(system, key, parent)] as const);
  const optional = Object.entries(variables.optional).flatMap(([key, variable]) =>
    secrets[key] ? [[variable, secrets[key]] as const] : [],
  );
  return Object.fromEntries([...required, ...optional]);
}

/** References to the secret variables of a system. */
export interface SecretEnvironment {
  readonly variables: Environment;
  /** References to Secrets whose name stays when a value is new. */
  readonly steady: Environment;
  /** Text that is new whenever a value of a named Secret is. Undefined if no value is in one. */
  readonly revision?: pulumi.Output<string>;
}

/** Writes the values to a Secret, and refers to those that a Secret of others has. */
export function secretEnvironment(
  system: string,
  namespace: pulumi.Input<string>,
  values: Readonly<Record<string, pulumi.Output<string>>>,
  settings: SecretSettings,
  parent: pulumi.Resource,
): SecretEnvironment {
  const name = `${system}-secrets`;
  const ofOthers = Object.entries(variablesOfOthers(settings)).map(
    ([variable, key]) => [variable, { secret: settings.name!, key }] as const,
  );
  const steady = Object.fromEntries(ofOthers);
  if (Object.keys(values).length === 0) return { variables: steady, steady };
  if (!settings.create || settings.name === undefined) {
    const own = new AppSecrets(name, { namespace, values }, { parent });
    const variables = Object.keys(values).map((variable) => [variable, own.key(variable)] as const);
    return { variables: { ...Object.fromEntries(variables), ...steady }, steady };
  }
  const keyOf = (variable: string) => settings.keys[variable] ?? variable;
  const named = Object.fromEntries(Object.entries(values).map(([variable, value]) => [keyOf(variable), value]));
  const secret = new NamedSecret(name, { name: settings.name, namespace, values: named }, { parent });
  const references = Object.keys(values).map((variable) => [variable, secret.key(keyOf(variable))] as const);
  const variables = Object.fromEntries(references);
  return { variables, steady: variables, revision: secret.revision };
}

/** Secrets that the configuration names for variables, and where they are made. */
export interface NamedSecrets {
  /** Name of the Secret that is made for them. */
  readonly name: string;
  /** Keys of the stack's secrets by variable. stack/system-section.ts makes sure that they are set. */
  readonly keys: Readonly<Record<string, string>>;
  readonly parent: pulumi.Resource;
}

/** Part of a system that the functions below use. */
interface SecretsOfSystem {
  readonly namespace: pulumi.Input<string>;
  readonly args: { readonly secrets: Secrets };
}

/** Returns the variables of a command. It is not run again because a value is new. Undefined for none. */
export const environmentOfCommand = (system: SecretsOfSystem, named: NamedSecrets): Environment | undefined =>
  environmentOf(system, named, (name, args, opts) => new NamedSecret(name, { name, ...args }, opts).secret);

/** Returns the variables of a workload, whose pods roll when a value is new. Undefined for none. */
export const environmentOfWorkload = (system: SecretsOfSystem, named: NamedSecrets): Environment | undefined =>
  environmentOf(system, named, (name, args, opts) => new AppSecrets(name, args, opts).secret);

function environmentOf(
  { namespace, args }: SecretsOfSystem,
  { name, keys, parent }: NamedSecrets,
  make: (
    name: string,
    args: ConstructorParameters<typeof AppSecrets>[1],
    opts: pulumi.ComponentResourceOptions,
  ) => pulumi.Output<string>,
): Environment | undefined {
  const variables = Object.keys(keys);
  if (variables.length === 0) return undefined;
  const values = Object.fromEntries(variables.map((variable) => [variable, args.secrets[keys[variable]!]!]));
  const secret = make(name, { namespace, values }, { parent });
  return Object.fromEntries(variables.map((variable) => [variable, { secret, key: variable }]));
}

function generated(system: string, key: string, parent: pulumi.Resource): pulumi.Output<string> {
  const name = `${system}-generated-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return pulumi.interpolate`generated-${new random.RandomPassword(name, { length: 32, special: false }, { parent }).result}`;
}
