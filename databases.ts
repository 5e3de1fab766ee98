/** Which databases the stack's systems have, by what the last `up` left and what the configuration wants of them. */
import { z } from "zod";
import type { Cluster } from "./cluster";
import { databasesBefore, databasesIn, databasesSchema, mismatch, recordPath } from "./components/system/live-database";
import { firstDatabase, planDatabases, type DatabasePlan, type Databases } from "./components/system/restore";
import type { ConfiguredSystem } from "./config";
import { namespaceOf } from "./namespaces";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

/** By system; none where nothing is known. */
export type KnownDatabases = ReadonlyMap<string, Databases>;

/**
 * By system, from the stack's own outputs, since a restore's configuration may go when it is done; and compared with what the
 * cluster has recorded.
 * @param protect whether what holds data cannot be deleted
 * @throws RunError that lists every live database that would be replaced without being named, before anything is changed
 */
export function databasePlans(
  systems: readonly ConfiguredSystem[],
  protect: boolean,
  outputs: Outputs,
  recorded: KnownDatabases,
): ReadonlyMap<string, DatabasePlan> {
  const plans = new Map<string, DatabasePlan>();
  const problems: string[] = [];
  for (const { system, settings } of systems) {
    const { name } = system;
    try {
      const before = databasesBefore(name, settings.live, databasesOf(name, outputs), recorded.get(name));
      const plan = planDatabases(name, settings, protect, before);
      const problem = settings.live === undefined ? mismatch(name, plan, recorded.get(name)) : undefined;
      if (problem !== undefined) problems.push(problem);
      plans.set(name, plan);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw refusal("the databases cannot be as configured", problems);
  return plans;
}

/**
 * What the cluster has recorded. Nothing where it cannot be asked, or where no `up` has recorded anything.
 * @throws RunError that lists the records that cannot be read
 */
export async function recordedDatabases(
  systems: readonly ConfiguredSystem[],
  prefix: string,
  cluster: Cluster | undefined,
): Promise<KnownDatabases> {
  if (!cluster) return new Map();
  const problems: string[] = [];
  const found = await Promise.all(
    systems.map(async ({ system: { name } }) => {
      const namespace = namespaceOf(name, prefix);
      const record = await cluster.read<{ data?: Record<string, string> }>(recordPath(namespace));
      try {
        return record ? [[name, databasesIn(namespace, record)] as const] : [];
      } catch (error) {
        problems.push((error as Error).message);
        return [];
      }
    }),
  );
  if (problems.length > 0) throw refusal("it is not known which databases are live", problems);
  return new Map(found.flat());
}

/** What an `up` leaves of a system. */
const output = z.object({ database: databasesSchema.optional() });

/** An `up` from before there were restores left nothing of databases, and had the first. */
function databasesOf(system: string, outputs: Outputs): Databases | undefined {
  if (outputs[system] === undefined) return undefined;
  return output.parse(outputs[system]).database ?? { live: firstDatabase(system), givenUp: [] };
}
