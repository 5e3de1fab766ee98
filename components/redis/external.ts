import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretFile, SecretKey } from "../kubernetes/environment";
import type { Redis } from "./redis";

export interface ExternalRedisArgs {
  /** URL, redis:// or rediss://, with user and password if the server requires them. */
  readonly url: pulumi.Input<string>;
  /** Certificate authority of the server, as PEM. Default: the publicly trusted ones. */
  readonly ca?: string;
  /** Certificate authority of another server that the same clients connect to, as PEM. Default: none. */
  readonly otherCa?: string;
}

/** Key of the Secret with the certificate authorities: Node.js takes one file of them. */
const caKey = "ca.crt";

/** Existing Redis. */
export class ExternalRedis extends pulumi.ComponentResource implements Redis {
  readonly url: SecretKey;
  readonly password: SecretKey;
  private readonly authorities: Environment;

  constructor(
    name: string,
    namespace: pulumi.Input<string>,
    { url: address, ca, otherCa }: ExternalRedisArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:ExternalRedis", name, {}, opts);
    const url = pulumi.secret(address);
    const password = url.apply(passwordOf);
    // The name changes with the URL, so that pods that refer to it restart.
    const secret = new Secret(
      name,
      {
        metadata: { namespace },
        immutable: true,
        stringData: { url, password, ...(ca && { [caKey]: [ca, otherCa].filter(Boolean).join("\n") }) },
      },
      { parent: this },
    );
    this.url = { secret: secret.metadata.name, key: "url" };
    this.password = { secret: secret.metadata.name, key: "password" };
    const file: SecretFile = { secret: secret.metadata.name, key: caKey, asFile: true };
    this.authorities = ca ? { NODE_EXTRA_CA_CERTS: file, REDIS_CA_FILE: file } : {};
    this.registerOutputs({});
  }

  trust(): Environment {
    return this.authorities;
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
