/** Databases of a system, read from the stack's outputs and from the cluster. */
import type { Databases } from "../../components/system/database-plan";
import { kubectl, sql, type System } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

type LiveDatabases = Databases & { readonly live: string };

/** Databases of a system in the stack's outputs, as of the last `up`. */
export async function databasesOf(stack: FaultyStack, system: System): Promise<LiveDatabases> {
  const { stdout } = await stack.pulumi(["stack", "output", system, "--json", "--stack", "local"]);
  return (JSON.parse(stdout) as { database: LiveDatabases }).database;
}

/** Names of all Clusters of a system, separated by spaces. */
export const clusters = (system: System) =>
  kubectl("get", "clusters.postgresql.cnpg.io", "-n", system, "-o", "jsonpath={.items[*].metadata.name}");

/** Current time of the database server, in the format of a restore's point in time. */
export const now = () => sql(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
