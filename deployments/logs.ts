/** Logs of the tasks that run, from the cluster. They are shown to who watches, and are written nowhere. */
import type { Kubectl } from "../drills/kubectl";
import type { RunningTask } from "./deployment";

/** Number of lines, the newest ones. */
const lines = 60;
const timeout = "5s";

/** Reads the log of each task. One that has none yet says why. */
export async function logsOf(kubectl: Kubectl, tasks: readonly RunningTask[]): Promise<Map<string, string>> {
  const read = tasks.map(async ({ namespace, job }) => {
    const args = ["logs", "-n", namespace, `job/${job}`, "--all-containers", `--tail=${lines}`];
    const text = await kubectl.run(...args, `--request-timeout=${timeout}`).catch(reason);
    return [job, text] as const;
  });
  return new Map(await Promise.all(read));
}

const reason = (error: unknown) => `(no log yet: ${(error as Error).message.split("\n")[0]})`;
