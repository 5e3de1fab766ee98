/** Jobs of a drill, made of the stack's CronJobs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kubectl } from "./kubectl";

/**
 * Runs a CronJob now, and resolves to its output. A Job that has succeeded is removed.
 * @param problem beginning of the error
 * @throws Error with the end of its output, if it fails or takes longer
 */
export async function runCronJob(
  kubectl: Kubectl,
  { namespace, cronJob, problem }: { readonly namespace: string; readonly cronJob: string; readonly problem: string },
  { seconds, pauseMilliseconds }: { readonly seconds: number; readonly pauseMilliseconds: number },
): Promise<string> {
  const job = `${cronJob}-drill-${Date.now()}`;
  const log = (lines: number) =>
    kubectl.run("logs", "-n", namespace, `job/${job}`, "--all-containers", `--tail=${lines}`);
  await kubectl.run("create", "job", "-n", namespace, job, `--from=cronjob/${cronJob}`);
  for (const end = Date.now() + seconds * 1000; ; await sleep(pauseMilliseconds)) {
    const path = "jsonpath={.status.conditions[?(@.status=='True')].type}";
    const conditions = await kubectl.run("get", "job", "-n", namespace, job, "-o", path);
    if (conditions.includes("Complete")) break;
    if (conditions.includes("Failed") || Date.now() > end) throw new Error(`${problem}: ${await log(20)}`);
  }
  const output = await log(-1);
  await kubectl.run("delete", "job", "-n", namespace, job);
  return output;
}
