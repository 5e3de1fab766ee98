/** Base backups that a test asks CloudNativePG for, beside those of the schedule. */
import { barmanPlugin } from "../../components/postgres/names";
import { eventually, kubectl, sql, type System } from "./cluster";
import { execute } from "./workspace";

const clusters = "clusters.postgresql.cnpg.io";

/** The database of a system, where it has one, by its Cluster's name. */
export const clusterOf = (system: System) =>
  kubectl("get", clusters, "-n", system, "-o", "jsonpath={.items[0].metadata.name}");

/** Creates an object. */
export async function apply(object: object): Promise<void> {
  const command = `printf '%s' "$1" | kubectl apply -f -`;
  const { code, output } = await execute("sh", ["-c", command, "sh", JSON.stringify(object)]);
  if (code !== 0) throw new Error(output);
}

/** Starts a base backup of a system's primary; the function that it returns says how far it is. */
export async function startBackup(system: System): Promise<() => Promise<string>> {
  // It waits for one, which takes its time where nobody hurries it.
  await sql("CHECKPOINT", system);
  return requestBackup(system);
}

/** Asks for one, whatever state the primary is in. */
export async function requestBackup(system: System): Promise<() => Promise<string>> {
  const name = `of-a-test-${Date.now()}`;
  await apply({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Backup",
    metadata: { name, namespace: system },
    spec: {
      cluster: { name: await clusterOf(system) },
      method: "plugin",
      target: "primary",
      pluginConfiguration: { name: barmanPlugin },
    },
  });
  return () =>
    kubectl("get", "backups.postgresql.cnpg.io", "-n", system, name, "-o", "jsonpath={.status.phase} {.status.error}");
}

/** Takes a base backup, within so many seconds. */
export async function takeBackup(system: System, seconds: number): Promise<void> {
  const phase = await startBackup(system);
  await eventually("the base backup has ended", async () => /^(completed|failed)/.test(await phase()), seconds);
  expect(await phase()).toMatch(/^completed/);
}
