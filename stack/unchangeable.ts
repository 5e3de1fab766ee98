/** What the configuration asks of what is there, and Kubernetes or PostgreSQL cannot do: refused before anything is changed. */
import { z } from "zod";
import type { RedisVolume } from "../components/system/description";
import { unchangeable } from "../components/system/made";
import type { DatabasePlan } from "../components/system/database-plan";
import type { ConfiguredSystem } from "./config";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

/** What an `up` leaves of a system's Redis. */
const output = z.object({ redis: z.object({ storage: z.string(), storageClass: z.string().optional() }).optional() });

/** The volume of a system's Redis that the last `up` left; undefined if there is none. */
export const redisVolumeIn = (outputs: Outputs, system: string): RedisVolume | undefined =>
  outputs[system] === undefined ? undefined : output.parse(outputs[system]).redis;

/**
 * @param image PostgreSQL's, for the systems that set none
 * @param outputs what the last `up` left
 * @throws RunError that lists every change that cannot be made, each with its key and the way out
 */
export function refuseUnchangeable(
  systems: readonly ConfiguredSystem[],
  plans: ReadonlyMap<string, DatabasePlan>,
  image: string,
  outputs: Outputs,
): void {
  const problems = systems.flatMap(({ system: { name }, settings: { postgres, redis } }) => [
    ...(postgres.engine === "cloudnativepg"
      ? unchangeable(name, { ...postgres, image: postgres.image ?? image }, plans.get(name)!)
      : []),
    ...otherQueue(name, redis && "storage" in redis ? redis : undefined, redisVolumeIn(outputs, name)),
  ]);
  if (problems.length > 0) throw refusal("what is there cannot become what is configured", problems);
}

/** A StatefulSet's volumes are what they were made as: it would be replaced, and they with it. */
function otherQueue(system: string, wanted: RedisVolume | undefined, there: RedisVolume | undefined): string[] {
  if (!there || !wanted) return [];
  const problems = [];
  if (wanted.storage !== there.storage)
    problems.push(
      `${system}:redis.storage: the volume of Redis was made with ${there.storage}, and its StatefulSet cannot have ${wanted.storage}. Set ${there.storage}; ` +
        'a larger volume is made by hand (docs/configuration.md, "The size of a volume")',
    );
  if (wanted.storageClass !== there.storageClass) {
    const before = there.storageClass ? `Set ${there.storageClass}` : "Leave it out";
    problems.push(
      `${system}:redis.storageClass: the volume of Redis is of ${there.storageClass ?? "the cluster's own class"}, and its StatefulSet cannot have another. ${before}`,
    );
  }
  return problems;
}
