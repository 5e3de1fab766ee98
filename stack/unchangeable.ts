/** Checks for changes that Kubernetes or PostgreSQL cannot make to existing data, before anything is changed. */
import { z } from "zod";
import type { RedisVolume } from "../components/system/args";
import { unchangeable } from "../components/system/unchangeable";
import type { DatabasePlan } from "../components/system/database-plan";
import type { ConfiguredSystem } from "./configured-system";
import type { DatabasesInCluster } from "./databases";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

/** Output of an `up` for a system's Redis. */
const output = z.object({ redis: z.object({ storage: z.string(), storageClass: z.string().optional() }).optional() });

/** Returns the volume of a system's Redis as of the last `up`. Undefined if there is none. */
export const redisVolumeIn = (outputs: Outputs, system: string): RedisVolume | undefined =>
  outputs[system] === undefined ? undefined : output.parse(outputs[system]).redis;

/**
 * Refuses changes that cannot be made.
 * @param image PostgreSQL image of the systems that set none
 * @param outputs the last `up`'s outputs
 * @param there databases in the cluster, which may have been enlarged by hand
 * @throws RunError that lists every such change with its key and the remedy
 */
export function refuseUnchangeable(
  systems: readonly ConfiguredSystem[],
  plans: ReadonlyMap<string, DatabasePlan>,
  image: string,
  outputs: Outputs,
  there: DatabasesInCluster,
): void {
  const problems = systems.flatMap(({ system: { name }, settings: { postgres, redis } }) => [
    ...(postgres.engine === "cloudnativepg"
      ? unchangeable(
          name,
          { ...postgres, image: postgres.image ?? image },
          plans.get(name)!,
          there.get(name)?.sizes?.[plans.get(name)!.name],
        )
      : []),
    ...otherQueue(name, redis && "storage" in redis ? redis : undefined, redisVolumeIn(outputs, name)),
  ]);
  if (problems.length > 0) throw refusal("existing data cannot be changed as configured", problems);
}

/** Lists changes of a StatefulSet's volume. They would replace the StatefulSet and its volume. */
function otherQueue(system: string, wanted: RedisVolume | undefined, there: RedisVolume | undefined): string[] {
  if (!there || !wanted) return [];
  const problems = [];
  if (wanted.storage !== there.storage)
    problems.push(
      `${system}:redis.storage: the volume of Redis has ${there.storage}, and its StatefulSet cannot change that to ${wanted.storage}. Set ${there.storage}; ` +
        'a larger volume is made by hand (docs/configuration-guide.md, "The size of a volume")',
    );
  if (wanted.storageClass !== there.storageClass) {
    const before = there.storageClass ? `Set ${there.storageClass}` : "Leave it out";
    problems.push(
      `${system}:redis.storageClass: the storage class of Redis' volume is ${there.storageClass ?? "the cluster's default"}, which its StatefulSet cannot change. ${before}`,
    );
  }
  return problems;
}
