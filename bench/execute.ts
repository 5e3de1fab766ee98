/** Programs that the bench runs. */
import { execFileSync } from "node:child_process";
import { projectDirectory } from "../engine/project";

/** Runs a program and returns its output. Throws if it fails. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd = projectDirectory, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 1e9 } as const;
  return execFileSync(command, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
}

export const kubectl = (...args: string[]): string => execute("kubectl", args).trim();

/** Runs pulumi on the local stack. */
export const local = (...args: string[]): string =>
  execute("pulumi", [...args, "--stack", "local", "--non-interactive"]);
