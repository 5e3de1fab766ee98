/** Which databases the stack's systems have, by what the last `up` left and what the configuration wants of them. */
import * as pulumi from "@pulumi/pulumi";
import { firstDatabase, planDatabases, type DatabasePlan, type Databases } from "./components/system/restore";
import type { ConfiguredSystem } from "./config";

/**
 * By system. It is read from the stack's own outputs, since a restore's configuration may go when it is done.
 * @throws RunError that lists every live database that would be replaced without being named, before anything is changed
 */
export async function databasePlans(systems: readonly ConfiguredSystem[]): Promise<ReadonlyMap<string, DatabasePlan>> {
  const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const outputs = new pulumi.StackReference(stack);
  const plans = new Map<string, DatabasePlan>();
  const problems: string[] = [];
  for (const { system, settings } of systems) {
    const { value } = (await outputs.getOutputDetails(system.name)) as { value?: unknown };
    try {
      plans.set(system.name, planDatabases(system.name, settings, databasesIn(system.name, value)));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0)
    throw new pulumi.RunError(
      ["databases cannot be brought back; nothing was changed:", ...problems.map((line) => `  - ${line}`)].join("\n"),
    );
  return plans;
}

/** An `up` from before there were restores left nothing of databases, and had the first. */
function databasesIn(system: string, output: unknown): Databases | undefined {
  if (typeof output !== "object" || output === null) return undefined;
  return "database" in output ? (output.database as Databases) : { live: firstDatabase(system), givenUp: [] };
}
