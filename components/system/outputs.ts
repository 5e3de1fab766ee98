/** The outputs of a system: what the stack shows of it, and what the next `up` continues from. */
import * as pulumi from "@pulumi/pulumi";
import type { Workload } from "../workload";
import type { RedisVolume } from "./args";
import { skippedChecks } from "./configured-checks";
import type { Databases } from "./database-plan";
import { requireRedis, type Foundation } from "./foundation";
import { madeOf, type Made } from "./made";

/** A system's part of the stack's outputs. Its steps are in the outputs of its Runbook. */
export interface SystemOutputs extends Record<string, unknown> {
  readonly release: string;
  readonly namespace: string;
  /** Address of the workload that users reach, inside the cluster. */
  readonly url: pulumi.Output<string>;
  readonly database: pulumi.Output<Databases>;
  /** Reasons of the checks that the configuration leaves out, by their names. Absent if it leaves out none. */
  readonly skippedChecks?: Readonly<Record<string, string>>;
  /** Settings of Redis' volume, which cannot be changed. Absent if Redis has no volume of the stack's. */
  readonly redis?: pulumi.Output<RedisVolume | undefined>;
}

/**
 * Makes the outputs.
 * @param entrance the workload that users reach
 * @param notes what else they have to know, by key
 */
export function systemOutputs(
  foundation: Foundation,
  database: pulumi.Output<Databases>,
  entrance: Workload,
  notes: Readonly<Record<string, string>>,
): SystemOutputs {
  const { namespace, settings } = foundation.args;
  const { release, redis } = settings;
  const kept = redis && "storage" in redis ? { redis: redisVolumeAfter(foundation, redis) } : {};
  // One system's output that is missing must not keep those of the others from the next `up`.
  const url = pulumi.recover(pulumi.output(entrance.url), () => "not there");
  const skipped = skippedChecks(settings.checks);
  const left = Object.keys(skipped).length > 0 ? { skippedChecks: skipped } : {};
  return { release, namespace, url, database, ...kept, ...left, ...notes };
}

/**
 * Returns the databases as the next `up` finds them: those of the last `up` until the new database exists and a restore
 * is verified.
 * @param restored resolves once that is so. Default: no restore is requested
 */
export function databasesAfter(
  { args, database }: Foundation,
  restored: pulumi.Output<string> | undefined,
): pulumi.Output<Databases> {
  const { name, givenUp, before = { givenUp: [] }, existing } = args.databases;
  const made = madeWith(args);
  const there = pulumi.all([database.identity, restored ?? "none is requested", database.server]);
  const after = there.apply(([identity, verified, server]): Databases | undefined =>
    identity && verified ? { live: name, server, ...made, givenUp, ...existing?.after } : undefined,
  );
  return orBefore(after, before);
}

/** Returns the settings that the database is made with; none if it is on an external server. */
function madeWith({ settings: { postgres }, images }: Foundation["args"]): Made {
  return postgres.engine === "cloudnativepg" ? madeOf({ ...postgres, image: images.postgresql }) : {};
}

/** Returns the settings of Redis' volume; those of the last `up` until the new volume exists. */
function redisVolumeAfter(
  foundation: Foundation,
  { storage, storageClass }: RedisVolume,
): pulumi.Output<RedisVolume | undefined> {
  const after = pulumi
    .output(requireRedis(foundation).identity)
    .apply((made) => (made ? { storage, storageClass } : undefined));
  return orBefore<RedisVolume | undefined>(after, foundation.args.redisVolume);
}

/**
 * Returns what `after` resolves to; `before` if its resource failed, or if it is undefined: a resource that an `up` with
 * targets leaves out has neither an error nor an identity.
 */
function orBefore<Value>(after: pulumi.Output<Value | undefined>, before: Value): pulumi.Output<Value> {
  const existing = after.apply((value): Value => value ?? before);
  return pulumi.recover(existing, () => before);
}
