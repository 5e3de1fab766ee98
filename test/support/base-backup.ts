/** Base backups that a test requests from CloudNativePG, in addition to the scheduled ones. */
import { barmanPlugin } from "../../components/postgres/names";
import { eventually, kubectl, sql, type System } from "./cluster";
import { execute } from "./workspace";

const clusters = "clusters.postgresql.cnpg.io";

/** Name of the CloudNativePG Cluster in a system's namespace. */
export const clusterOf = (system: System) =>
  kubectl("get", clusters, "-n", system, "-o", "jsonpath={.items[0].metadata.name}");

/** Creates an object. */
export async function apply(object: object): Promise<void> {
  const command = `printf '%s' "$1" | kubectl apply -f -`;
  const { code, output } = await execute("sh", ["-c", command, "sh", JSON.stringify(object)]);
  if (code !== 0) throw new Error(output);
}

/** Starts a base backup of a system's primary. Returns a function that reads the backup's phase and error. */
export async function startBackup(system: System): Promise<() => Promise<string>> {
  // The backup waits for a checkpoint, which is slow unless it is requested explicitly.
  await sql("CHECKPOINT", system);
  return requestBackup(system);
}

/** Requests a base backup, whatever the state of the primary. Returns a function that reads its phase and error. */
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

/** Takes a base backup. Fails if it is not completed within `seconds`. */
export async function takeBackup(system: System, seconds: number): Promise<void> {
  const phase = await startBackup(system);
  await eventually("the base backup has ended", async () => /^(completed|failed)/.test(await phase()), seconds);
  expect(await phase()).toMatch(/^completed/);
}
