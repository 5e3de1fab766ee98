import { environment, runInTerminal, selectStack } from "../pulumi";
import { lab } from "../target";

/** Runs a shell, or one command, in which pulumi and kubectl work on the lab. */
export async function shell(args: string[]): Promise<void> {
  const env = await environment(lab);
  await selectStack(lab, env);
  const [command = process.env.SHELL ?? "bash", ...rest] = args;
  process.exitCode = await runInTerminal(command, rest, env);
}
