/** Runs the checks program (components/checks/in-pod/runner.ts) as a pod runs it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Check } from "../../components/checks";

const root = join(__dirname, "..", "..");
const command = ["--require", "./register.cjs", "components/checks/in-pod/runner.ts"];

export interface RunnerResult {
  readonly code: number | null;
  /** Results of the checks, passed and failed. */
  readonly stdout: string;
  /** Reason of the failure, as Pulumi's error shows it. */
  readonly stderr: string;
}

/** Runs the checks. Of this machine's environment only PATH is passed on. `secret` names variables of Secrets. */
export function runChecks(
  checks: readonly Check[],
  options: {
    readonly cleanup?: readonly Check[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly secret?: readonly string[];
    readonly actsAs?: string;
  } = {},
): Promise<RunnerResult> {
  const { cleanup = [], environment = {}, secret = [], actsAs } = options;
  const plain = Object.keys(environment).filter((name) => !secret.includes(name));
  const env = { PATH: process.env.PATH, ...environment, CHECKS: JSON.stringify({ checks, cleanup, actsAs, plain }) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, env });
    const printed = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...printed }));
  });
}
