/** Which databases the stack's systems have, by what the last `up` left and what the configuration wants of them. */
import { z } from "zod";
import { firstDatabase, planDatabases, type DatabasePlan, type Databases } from "./components/system/restore";
import type { ConfiguredSystem } from "./config";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

/** What an `up` leaves of a system. */
const output = z.object({
  database: z
    .object({
      live: z.string().optional(),
      server: z.string().optional(),
      givenUp: z.array(z.object({ name: z.string(), server: z.string().optional(), released: z.boolean().optional() })),
    })
    .optional(),
});

/**
 * By system. They are read from the stack's own outputs, since a restore's configuration may go when it is done.
 * @param protect whether what holds data cannot be deleted
 * @throws RunError that lists every live database that would be replaced without being named, before anything is changed
 */
export function databasePlans(
  systems: readonly ConfiguredSystem[],
  protect: boolean,
  outputs: Outputs,
): ReadonlyMap<string, DatabasePlan> {
  const plans = new Map<string, DatabasePlan>();
  const problems: string[] = [];
  for (const { system, settings } of systems) {
    try {
      plans.set(system.name, planDatabases(system.name, settings, protect, databasesIn(system.name, outputs)));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw refusal("the databases cannot be as configured", problems);
  return plans;
}

/** An `up` from before there were restores left nothing of databases, and had the first. */
function databasesIn(system: string, outputs: Outputs): Databases | undefined {
  if (outputs[system] === undefined) return undefined;
  return output.parse(outputs[system]).database ?? { live: firstDatabase(system), givenUp: [] };
}
