/** Which databases a system has, as the stack's outputs and the cluster say it. */
import type { Databases } from "../../components/system/database-plan";
import { kubectl, sql, type System } from "./cluster";
import type { FaultyStack } from "./faulty-stack";

type LiveDatabases = Databases & { readonly live: string };

/** What the last `up` has left in the stack's outputs. */
export async function databasesOf(stack: FaultyStack, system: System): Promise<LiveDatabases> {
  const { stdout } = await stack.pulumi(["stack", "output", system, "--json", "--stack", "local"]);
  return (JSON.parse(stdout) as { database: LiveDatabases }).database;
}

/** Every Cluster of a system, live or not. */
export const clusters = (system: System) =>
  kubectl("get", "clusters.postgresql.cnpg.io", "-n", system, "-o", "jsonpath={.items[*].metadata.name}");

/** The server's time, as a restore's moment. */
export const now = () => sql(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
