import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { changeId } from "../identity/generation";
import type { SecretKey } from "./environment";

export interface AppSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  /** The secret values by the name of the environment variable. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A system's secret values as one Secret, whose every key becomes an environment variable.
 *
 * The Secret cannot be changed and its name is chosen anew whenever a value changes: pods that refer to it roll, and a
 * rollout that fails leaves the old pods with the old values.
 */
export class AppSecrets extends pulumi.ComponentResource {
  /** The Secret's name, for `environmentFrom`. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: AppSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:AppSecrets", name, {}, opts);
    const secret = new Secret(
      name,
      {
        metadata: { namespace: args.namespace },
        immutable: true,
        stringData: pulumi.secret(args.values),
      },
      { parent: this },
    );
    this.secret = secret.metadata.name;
    this.registerOutputs({});
  }
}

export interface NamedSecretArgs {
  readonly namespace: pulumi.Input<string>;
  /** The name that others know the Secret by. */
  readonly name: string;
  /** The secret values by their key. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Secret values under a name and keys that a runbook gives, for whoever looks for them there. Its value is replaced in
 * place; `revision` is new whenever that happens, so that pods which have it in their environment roll.
 */
export class NamedSecret extends pulumi.ComponentResource {
  readonly revision: pulumi.Output<string>;
  private readonly secret: Secret;

  constructor(name: string, args: NamedSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:NamedSecret", name, {}, opts);
    const values = pulumi.secret(args.values);
    this.secret = new Secret(
      name,
      { metadata: { name: args.name, namespace: args.namespace }, stringData: values },
      { parent: this },
    );
    const keepers = { values: pulumi.secret(values.apply((all) => JSON.stringify(all))) };
    this.revision = pulumi.unsecret(changeId(`${name}-revision`, keepers, { parent: this }));
    this.registerOutputs({});
  }

  /** A value as a variable. */
  key(key: string): SecretKey {
    return { secret: this.secret.metadata.name, key };
  }
}
