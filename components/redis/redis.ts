import type * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../kubernetes/environment";

/** A Redis server, by whichever engine. */
export interface Redis extends pulumi.ComponentResource {
  /** Variable REDIS_URL: redis://:password@host:port. */
  readonly url: SecretKey;
  /** Variable REDIS_PASSWORD, for applications that need the password alone. Empty if the server requires none. */
  readonly password: SecretKey;
  /** UID of the StatefulSet and so of its volume. Undefined if the stack does not create it. */
  readonly identity?: pulumi.Output<string>;
}
