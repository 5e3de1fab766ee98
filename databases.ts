/** Which databases the stack's systems have, by what the last `up` left and what the configuration wants of them. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { firstDatabase, planDatabases, type DatabasePlan, type Databases } from "./components/system/restore";
import type { ConfiguredSystem } from "./config";
import { refusal } from "./refusal";

const text = z.string().optional();
const made = { image: text, storage: text, walStorage: text };
const givenUp = z.object({ name: z.string(), server: text, released: z.boolean().optional(), ...made });

/** What an `up` leaves of a system. */
const output = z.object({
  database: z.object({ live: text, server: text, ...made, givenUp: z.array(givenUp) }).optional(),
});

/**
 * By system. They are read from the stack's own outputs, since a restore's configuration may go when it is done.
 * @param protect whether what holds data cannot be deleted
 * @throws RunError that lists every live database that would be replaced without being named, before anything is changed
 */
export async function databasePlans(
  systems: readonly ConfiguredSystem[],
  protect: boolean,
): Promise<ReadonlyMap<string, DatabasePlan>> {
  const outputs = await stackOutputs();
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

/** What the last `up` left. No StackReference, which would be a resource, and drift as soon as an `up` leaves anything new. */
export async function stackOutputs(): Promise<Readonly<Record<string, unknown>>> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const read = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    outputs?: Record<string, unknown>;
  };
  return read.outputs ?? {};
}

/** An `up` from before there were restores left nothing of databases, and had the first. */
function databasesIn(system: string, outputs: Readonly<Record<string, unknown>>): Databases | undefined {
  if (outputs[system] === undefined) return undefined;
  return output.parse(outputs[system]).database ?? { live: firstDatabase(system), givenUp: [] };
}
