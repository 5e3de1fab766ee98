import type * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretKey } from "../kubernetes/environment";

/** A Redis server, by whichever engine. */
export interface Redis extends pulumi.ComponentResource {
  /** Variable REDIS_URL: redis://:password@host:port. */
  readonly url: SecretKey;
  /** Variable REDIS_PASSWORD, for applications that need the password alone. Empty if the server requires none. */
  readonly password: SecretKey;
  /**
   * Variables with which clients verify the server: NODE_EXTRA_CA_CERTS for Node.js, REDIS_CA_FILE for others. Empty if
   * it has no authority of its own.
   */
  trust(): Environment;
  /** UID of the StatefulSet and so of its volume. Undefined if the stack does not create it. */
  readonly identity?: pulumi.Output<string>;
}
