/** A system's Redis, by engine. */
import * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../kubernetes/environment";
import { ExternalRedis, type ExternalRedisArgs } from "./external";
import { KubernetesRedis, type KubernetesRedisArgs } from "./kubernetes";

/** How Redis is provided; each engine has its own settings. */
export type RedisEngine =
  ({ readonly engine: "kubernetes" } & KubernetesRedisArgs) | ({ readonly engine: "external" } & ExternalRedisArgs);

/** A Redis that is there. */
export interface Redis extends pulumi.ComponentResource {
  /** The variable REDIS_URL: redis://:password@host:port. */
  readonly url: SecretKey;
  /** The password alone, for applications that want it apart: REDIS_PASSWORD. Empty where the server wants none. */
  readonly password: SecretKey;
  /** The UID of what was made with its volume, where the stack makes it. */
  readonly identity?: pulumi.Output<string>;
}

/** The Redis that `engine` describes. */
export function redis(
  name: string,
  namespace: pulumi.Input<string>,
  engine: RedisEngine,
  opts?: pulumi.ComponentResourceOptions,
): Redis {
  switch (engine.engine) {
    case "kubernetes":
      return new KubernetesRedis(name, namespace, engine, opts);
    case "external":
      return new ExternalRedis(name, namespace, engine, opts);
  }
}
