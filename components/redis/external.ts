import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../kubernetes/environment";
import type { Redis } from "./index";

export interface ExternalRedisArgs {
  /** redis:// or rediss://, with user and password where the server wants them. */
  readonly url: pulumi.Input<string>;
}

/** A Redis that is there already. */
export class ExternalRedis extends pulumi.ComponentResource implements Redis {
  readonly url: SecretKey;
  readonly password: SecretKey;

  constructor(
    name: string,
    namespace: pulumi.Input<string>,
    args: ExternalRedisArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:ExternalRedis", name, {}, opts);
    const url = pulumi.secret(args.url);
    const password = url.apply(passwordOf);
    // Named anew when the address changes: whoever refers to it starts again with the new one.
    const secret = new Secret(
      name,
      { metadata: { namespace }, immutable: true, stringData: { url, password } },
      { parent: this },
    );
    this.url = { secret: secret.metadata.name, key: "url" };
    this.password = { secret: secret.metadata.name, key: "password" };
    this.registerOutputs({});
  }
}

/** As clients read it: percent-encoded, or as it is where it is not. */
function passwordOf(url: string): string {
  const { password } = new URL(url);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
