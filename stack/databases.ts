/** Which databases the stack's systems have, by what the last `up` left and what the configuration wants of them. */
import { z } from "zod";
import type { Cluster } from "./cluster";
import {
  databasesBefore,
  databasesIn,
  databasesSchema,
  mismatch,
  recordPath,
  type InCluster,
} from "../components/system/live-database";
import {
  firstDatabase,
  planDatabases,
  withoutLost,
  type DatabasePlan,
  type Databases,
} from "../components/system/database-plan";
import type { ConfiguredSystem } from "./config";
import { namespaceOf } from "./namespaces";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

/** What the cluster has, by system. */
export type DatabasesInCluster = ReadonlyMap<string, InCluster>;

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
  inCluster: DatabasesInCluster,
): ReadonlyMap<string, DatabasePlan> {
  const plans = new Map<string, DatabasePlan>();
  const problems: string[] = [];
  for (const { system, settings } of systems) {
    const { name } = system;
    const there = inCluster.get(name) ?? {};
    try {
      const before = databasesBefore(name, settings.live, databasesOf(name, outputs), there);
      const plan = planDatabases(name, settings, protect, before);
      const problem = settings.live === undefined ? mismatch(name, plan, there) : undefined;
      if (problem !== undefined) problems.push(problem);
      plans.set(name, there.clusters ? withoutLost(plan, there.clusters) : plan);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw refusal("the databases cannot be as configured", problems);
  return plans;
}

/**
 * Which databases the cluster has, and which it says are live. Nothing where it cannot be asked.
 * @throws RunError that lists the records that cannot be read
 */
export async function databasesInCluster(
  systems: readonly ConfiguredSystem[],
  prefix: string,
  outputs: Outputs,
  cluster: Cluster | undefined,
): Promise<DatabasesInCluster> {
  if (!cluster) return new Map();
  const problems: string[] = [];
  const found = await Promise.all(
    systems.map(async ({ system: { name } }): Promise<readonly [string, InCluster]> => {
      const namespace = namespaceOf(name, prefix);
      const [record, clusters] = await Promise.all([
        cluster.read<{ data?: Record<string, string> }>(recordPath(namespace)),
        clustersIn(cluster, namespace, name),
      ]);
      try {
        if (record) return [name, { clusters, recorded: databasesIn(namespace, record) }];
        return [name, outputs[name] === undefined ? { clusters, unrecorded: clusters } : { clusters }];
      } catch (error) {
        problems.push((error as Error).message);
        return [name, {}];
      }
    }),
  );
  if (problems.length > 0) throw refusal("it is not known which databases are live", problems);
  return new Map(found);
}

/** The names of a system's databases in its namespace; those that are brought back only to see whether they can be are called otherwise. */
async function clustersIn({ read }: Cluster, namespace: string, system: string): Promise<readonly string[]> {
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`;
  const list = await read<{ items: readonly { metadata: { name: string } }[] }>(path);
  const names = (list?.items ?? []).map(({ metadata }) => metadata.name);
  return names.filter((name) => name.startsWith(firstDatabase(system))).sort();
}

/** What an `up` leaves of a system. */
const output = z.object({ database: databasesSchema.optional() });

/** An `up` from before there were restores left nothing of databases, and had the first. */
function databasesOf(system: string, outputs: Outputs): Databases | undefined {
  if (outputs[system] === undefined) return undefined;
  return output.parse(outputs[system]).database ?? { live: firstDatabase(system), givenUp: [] };
}
