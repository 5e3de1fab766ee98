import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { changeId } from "../identity/generation";
import type { SecretKey } from "./environment";

export interface AppSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Secret values by environment variable. */
  readonly values: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

/**
 * Secret values of a system in one Secret, whose keys are the names of environment variables.
 *
 * The Secret is immutable and gets a new name when a value changes. Pods that refer to it then roll, and a failed
 * rollout leaves the old pods with the old values.
 */
export class AppSecrets extends pulumi.ComponentResource {
  /** Name of the Secret. */
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

  /** Refers to a value for use as an environment variable. */
  key(key: string): SecretKey {
    return { secret: this.secret, key };
  }
}

export interface NamedSecretArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Secret in the namespace. */
  readonly name: string;
  /** Secret values by key. */
  readonly values: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

/**
 * Secret with a name and keys that a runbook specifies. Values are replaced in place. `revision` changes whenever that
 * happens, so that pods with the values in their environment roll.
 */
export class NamedSecret extends pulumi.ComponentResource {
  readonly revision: pulumi.Output<string>;
  /** Name of the Secret, which resolves once it is there. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: NamedSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:NamedSecret", name, {}, opts);
    const values = pulumi.secret(args.values);
    const secret = new Secret(
      name,
      { metadata: { name: args.name, namespace: args.namespace }, stringData: values },
      { parent: this },
    );
    this.secret = secret.metadata.name;
    const keepers = { values: pulumi.secret(values.apply((all) => JSON.stringify(all))) };
    this.revision = pulumi.unsecret(changeId(`${name}-revision`, keepers, { parent: this }));
    this.registerOutputs({});
  }

  /** Refers to a value for use as an environment variable. */
  key(key: string): SecretKey {
    return { secret: this.secret, key };
  }
}
