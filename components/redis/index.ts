/** Redis of a system, by engine. */
import * as pulumi from "@pulumi/pulumi";
import { ExternalRedis, type ExternalRedisArgs } from "./external";
import { KubernetesRedis, type KubernetesRedisArgs } from "./kubernetes";
import type { Redis } from "./redis";

export type { Redis } from "./redis";

/** Engine of Redis, with its own settings. */
export type RedisEngine =
  ({ readonly engine: "kubernetes" } & KubernetesRedisArgs) | ({ readonly engine: "external" } & ExternalRedisArgs);

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
