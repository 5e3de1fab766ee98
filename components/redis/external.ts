import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../kubernetes/environment";
import type { Redis } from "./redis";

export interface ExternalRedisArgs {
  /** URL, redis:// or rediss://, with user and password if the server requires them. */
  readonly url: pulumi.Input<string>;
}

/** Existing Redis. */
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
    // The name changes with the URL, so that pods that refer to it restart.
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

/** Decodes the password of a URL as clients do: percent-decoded, or unchanged if that fails. */
function passwordOf(url: string): string {
  const { password } = new URL(url);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
