/** What the configuration asks of what is there, and Kubernetes or PostgreSQL cannot do: refused before anything is changed. */
import { z } from "zod";
import { unchangeable } from "./components/system/made";
import type { DatabasePlan } from "./components/system/restore";
import type { ConfiguredSystem } from "./config";
import { stackOutputs } from "./databases";
import { refusal } from "./refusal";

/** What an `up` leaves of a system's Redis. */
const output = z.object({ redis: z.object({ storage: z.string().optional() }).optional() });

/**
 * @param image PostgreSQL's, for the systems that set none
 * @throws RunError that lists every change that cannot be made, each with its key and the way out
 */
export async function refuseUnchangeable(
  systems: readonly ConfiguredSystem[],
  plans: ReadonlyMap<string, DatabasePlan>,
  image: string,
): Promise<void> {
  const outputs = await stackOutputs();
  const problems = systems.flatMap(({ system: { name }, settings: { postgres, redis } }) => [
    ...(postgres.engine === "cloudnativepg"
      ? unchangeable(name, { image: postgres.image ?? image, storage: postgres.storage }, plans.get(name)!)
      : []),
    ...otherQueue(name, redis && "storage" in redis ? redis.storage : undefined, outputs[name]),
  ]);
  if (problems.length > 0) throw refusal("what is there cannot become what is configured", problems);
}

/** A StatefulSet's volumes have the size that they were made with: it would be replaced, and they with it. */
function otherQueue(system: string, storage: string | undefined, left: unknown): string[] {
  const there = left === undefined ? undefined : output.parse(left).redis?.storage;
  if (!there || !storage || storage === there) return [];
  return [
    `${system}:redis.storage: the volume of Redis was made with ${there}, and its StatefulSet cannot have ${storage}. Set ${there}; ` +
      'a larger volume is made by hand (docs/configuration.md, "The size of a volume")',
  ];
}
