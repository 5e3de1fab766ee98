import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";

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
