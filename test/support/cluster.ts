/** Looks into the lab and changes it by hand, as somebody does on a bad day. */
import { execute } from "./workspace";

/** Runs kubectl and returns what it prints. Throws if it fails. */
export async function kubectl(...args: string[]): Promise<string> {
  const { code, output, stdout } = await execute("kubectl", args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${output}`);
  return stdout.trim();
}

/** Runs SQL in PRISM's database as its superuser, and returns rows as lines. */
export async function sql(statement: string, database = "prism"): Promise<string> {
  const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement];
  return kubectl("exec", "-n", "prism", "prism-postgresql-1", "-c", "postgres", "--", ...psql);
}

/** Runs a Redis command in PRISM's Redis. */
export async function redis(...command: string[]): Promise<string> {
  return kubectl("exec", "-n", "prism", "prism-redis-0", "--", "redis-cli", ...command);
}

/** Waits until `condition` holds; throws with `what` after so many seconds. */
export async function eventually(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
