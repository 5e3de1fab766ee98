/** The URL of a Redis that exists. */
import * as pulumi from "@pulumi/pulumi";
import type { CommonSettings } from "../components/system/settings";

/** Errors for a URL that is one, but not of a Redis, or without the TLS that `redis.ca` is for. They do not show it. */
export function redisUrlProblems(system: string, { redis }: CommonSettings): string[] {
  const text = pulumi.runtime.allConfig()[`${system}:redisUrl`];
  if (redis?.engine !== "external" || text === undefined || !URL.canParse(text)) return [];
  const { protocol } = new URL(text);
  if (protocol !== "redis:" && protocol !== "rediss:")
    return [`redisUrl begins with ${protocol}; it must begin with redis://, or with rediss:// for TLS`];
  return redis.ca && protocol === "redis:"
    ? ["redis.ca is set and redisUrl begins with redis://, without TLS; begin it with rediss://, or remove redis.ca"]
    : [];
}
