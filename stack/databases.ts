/** Databases of the stack's systems, by the last `up`'s outputs, the cluster and the configuration. */
import { z } from "zod";
import {
  recordIn,
  recordPath as restoreRecordPath,
  restoreJobsPath,
  runningRestore,
  type JobList,
} from "../components/backups/restore-record";
import type { Cluster } from "./cluster";
import {
  databasesBefore,
  databasesIn,
  databasesSchema,
  mismatch,
  recordPath,
  type InCluster,
} from "../components/system/live-database";
import { leavesExisting, planExisting } from "../components/system/existing-plan";
import {
  firstDatabase,
  planDatabases,
  withoutLost,
  type DatabasePlan,
  type Databases,
} from "../components/system/database-plan";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";
import type { Outputs } from "./outputs";
import { refusal } from "./refusal";

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

/** State of the cluster, by system. */
export type DatabasesInCluster = ReadonlyMap<string, InCluster>;

/**
 * Plans the databases, by system. Takes them from the stack's own outputs, since a finished restore may be removed from
 * the configuration, and compares them with the cluster's records.
 * @param protect true if data is protected from deletion
 * @throws RunError that lists every live database that would be replaced without being named, before anything is
 * changed
 */
export function databasePlans(
  systems: readonly ConfiguredSystem[],
  protect: boolean,
  outputs: Outputs,
  inCluster: DatabasesInCluster,
): ReadonlyMap<string, DatabasePlan> {
  const plans = new Map<string, DatabasePlan>();
  const problems: string[] = [];
  for (const { system, settings, existingDatabase } of systems) {
    const { name } = system;
    const there = inCluster.get(name) ?? {};
    const left = databasesOf(name, outputs);
    try {
      const last = left ?? there.recorded;
      if (existingDatabase !== undefined) {
        plans.set(name, planExisting(name, existingDatabase, settings, last, there));
        continue;
      }
      const leaves = leavesExisting(name, settings, last, there);
      const before = leaves ? undefined : databasesBefore(name, settings.live, left, there);
      const plan = planDatabases(name, settings, protect, before);
      const problem = settings.live === undefined ? mismatch(name, plan, there) : undefined;
      if (problem !== undefined) problems.push(problem);
      plans.set(name, there.clusters ? withoutLost(plan, there.clusters) : plan);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw refusal("the databases cannot be configured like this", problems);
  return plans;
}

/**
 * Reads each system's databases in the cluster and the record of which one is live. Empty if the cluster cannot be
 * reached.
 * @throws RunError that lists the unreadable records
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
    systems.map(async (configured): Promise<readonly [string, InCluster]> => {
      const { name } = configured.system;
      const namespace = namespaceOf(configured, prefix);
      const [record, databases, restore, jobs] = await Promise.all([
        cluster.read<ConfigMap>(recordPath(namespace)),
        clustersIn(cluster, namespace, name),
        cluster.read<ConfigMap>(restoreRecordPath(namespace)),
        cluster.read<JobList>(restoreJobsPath(namespace, name)),
      ]);
      try {
        const restoring = jobs && runningRestore(jobs);
        const clusters = databases.map(({ metadata }) => metadata.name).sort();
        const sizes = sizesOf(databases);
        const there = {
          clusters,
          ...sizes,
          ...(restore && { restore: recordIn(restore) }),
          ...(restoring && { restoring }),
        };
        if (record) return [name, { ...there, recorded: databasesIn(namespace, record) }];
        return [name, outputs[name] === undefined ? { ...there, unrecorded: clusters } : there];
      } catch (error) {
        problems.push((error as Error).message);
        return [name, {}];
      }
    }),
  );
  if (problems.length > 0) throw refusal("the live databases are unknown", problems);
  return new Map(found);
}

/** CloudNativePG Cluster, as far as it is read here. */
interface Database {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly storage?: Volume; readonly walStorage?: Volume };
}

interface Volume {
  readonly size?: string;
}

/** Lists a system's databases in its namespace. Scratch databases have other names. */
async function clustersIn({ read }: Cluster, namespace: string, system: string): Promise<readonly Database[]> {
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`;
  const list = await read<{ items: readonly Database[] }>(path);
  return (list?.items ?? []).filter(({ metadata }) => metadata.name.startsWith(firstDatabase(system)));
}

function sizesOf(databases: readonly Database[]): Pick<InCluster, "sizes"> {
  const sizes = databases.flatMap(({ metadata, spec }) =>
    spec ? [[metadata.name, { storage: spec.storage?.size, walStorage: spec.walStorage?.size }] as const] : [],
  );
  return sizes.length > 0 ? { sizes: Object.fromEntries(sizes) } : {};
}

/** Output of an `up` for a system. */
const output = z.object({ database: databasesSchema.optional() });

/**
 * Returns a system's databases in the outputs. Versions without restores left no such output and had the first
 * database.
 */
function databasesOf(system: string, outputs: Outputs): Databases | undefined {
  if (outputs[system] === undefined) return undefined;
  return output.parse(outputs[system]).database ?? { live: firstDatabase(system), givenUp: [] };
}
