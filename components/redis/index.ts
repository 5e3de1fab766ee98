/** Redis of a system, by engine. */
import * as pulumi from "@pulumi/pulumi";
import type { SecretKey } from "../kubernetes/environment";
import { ExternalRedis, type ExternalRedisArgs } from "./external";
import { KubernetesRedis, type KubernetesRedisArgs } from "./kubernetes";

/** Engine of Redis, with its own settings. */
export type RedisEngine =
  ({ readonly engine: "kubernetes" } & KubernetesRedisArgs) | ({ readonly engine: "external" } & ExternalRedisArgs);

/** Existing Redis. */
export interface Redis extends pulumi.ComponentResource {
  /** Variable REDIS_URL: redis://:password@host:port. */
  readonly url: SecretKey;
  /** Variable REDIS_PASSWORD, for applications that need the password alone. Empty if the server requires none. */
  readonly password: SecretKey;
  /** UID of the StatefulSet and so of its volume. Undefined if the stack does not create it. */
  readonly identity?: pulumi.Output<string>;
}

/** Creates Redis with that engine. */
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
