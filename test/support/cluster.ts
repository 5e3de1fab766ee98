/** Access to the lab's cluster: reads it, and changes it by hand. */
import { setTimeout as sleep } from "node:timers/promises";
import { names, systems as known } from "../../systems";
import { goldenOf } from "./golden";
import { execute } from "./workspace";

/** Runs kubectl and returns what it prints. Throws if it fails. */
export async function kubectl(...args: string[]): Promise<string> {
  const { code, output, stdout } = await execute("kubectl", args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${output}`);
  return stdout.trim();
}

/** Name of a system in systems/index.ts. */
export type System = string;
export const systems: readonly System[] = names;
/** Systems that have migrations. */
export const migrating: readonly System[] = known.filter(({ migrations }) => migrations).map(({ name }) => name);

/** Runs SQL in a system's database as its superuser, and returns rows as lines. */
export async function sql(
  statement: string,
  system: System = "prism",
  database: string = system.replaceAll("-", "_"),
): Promise<string> {
  const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement];
  return kubectl("exec", "-n", system, await primaryOf(system), "-c", "postgres", "--", ...psql);
}

/** Name of the pod that runs the primary of a system's live database. */
export const primaryOf = (system: System) =>
  kubectl(
    ...["get", "pods", "-n", system, "-l", "cnpg.io/instanceRole=primary"],
    "-o",
    "jsonpath={.items[0].metadata.name}",
  );

/** Runs a command in a system's Redis. */
export async function redisOf(system: System, ...command: string[]): Promise<string> {
  return kubectl("exec", "-n", system, `${system}-redis-0`, "--", "redis-cli", ...command);
}

/** Runs a command in PRISM's Redis. */
export const redis = (...command: string[]) => redisOf("prism", ...command);

/** Name of the workload that serves a system's users. */
export const entranceOf = (system: System) => new URL(goldenOf(system).outputs.url as string).hostname.split(".")[0]!;

/** Release that a workload of a system runs. Default: the workload that serves its users. */
export const releaseOf = (system: System, workload = entranceOf(system)) =>
  kubectl(
    ...["get", "-n", system, `deployment/${workload}`],
    ...["-o", "jsonpath={.metadata.labels.app\\.kubernetes\\.io/version}"],
  );

/** Address of a Service, which this machine reaches. */
export const serviceAddress = (namespace: string, service: string) =>
  kubectl("get", "service", "-n", namespace, service, "-o", "jsonpath={.spec.clusterIP}");

/** Logs of a task or of a workload. */
export const logsOf = (system: System, name: string) =>
  kubectl("logs", "-n", system, "-l", `app.kubernetes.io/name=${name}`, "--tail=-1");

/**
 * Runs a CronJob now, and returns its output: that of each container whole, in any order of the containers. Throws with the
 * output if it fails.
 */
export async function runNow(system: System, schedule: string, seconds = 180): Promise<string> {
  const job = `${schedule}-test-${Date.now()}`;
  await kubectl("create", "job", "-n", system, job, `--from=cronjob/${schedule}`);
  const conditions = () => kubectl("get", "job", "-n", system, job, "-o", "jsonpath={.status.conditions[*].type}");
  await eventually(`${job} ends`, async () => /Complete|Failed/.test(await conditions()), seconds);
  const log = await kubectl("logs", "-n", system, `job/${job}`, "--all-containers");
  if ((await conditions()).includes("Failed")) throw new Error(`${job} failed: ${log}`);
  await kubectl("delete", "job", "-n", system, job);
  return log;
}

/** Waits until `condition` holds. Throws with `what` after `seconds`. */
export async function eventually(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(500);
  }
}

/**
 * Stops the workloads of the local stack, whose requests leave no room on the lab's node for another stack's. Resolves to
 * what starts them again as they were.
 */
export async function pauseWorkloads(): Promise<() => Promise<void>> {
  const path = "jsonpath={range .items[*]}{.metadata.name}={.spec.replicas} {end}";
  const all = await Promise.all(
    systems.map(async (system) => {
      const found = await kubectl("get", "deployments", "-n", system, "-o", path);
      return found.split(" ").map((deployment) => ({ system, deployment }));
    }),
  );
  const scale = (system: System, name: string, replicas: string) =>
    kubectl("scale", "-n", system, `deployment/${name}`, `--replicas=${replicas}`);
  const each = (replicasOf: (replicas: string) => string) =>
    Promise.all(
      all.flat().map(({ system, deployment }) => {
        const [name, replicas] = deployment.split("=") as [string, string];
        return scale(system, name, replicasOf(replicas));
      }),
    );
  await each(() => "0");
  return async () => void (await each((replicas) => replicas));
}
