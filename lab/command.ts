/** Runs other programs. */
import { spawn, type SpawnOptions } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { finished } from "node:stream";

export interface CommandOptions {
  cwd?: string;
  /** Variables added to this process's environment. */
  env?: Record<string, string | undefined>;
  /** Text for the command's standard input. Default: none. */
  input?: string;
  /** File that receives all output of the command. The error names it. Default: none. */
  log?: string;
}

/**
 * Failure of a command that did not exit with 0. The message names the command and shows the last 20 lines of its
 * output.
 */
export class CommandFailed extends Error {
  constructor(
    command: string,
    readonly code: number | null,
    readonly output: string,
    log?: string,
  ) {
    const tail = output.trim().split("\n").slice(-20).join("\n");
    super(`${command} ended with ${code ?? "a signal"}${log ? ` (all of its output: ${log})` : ""}:\n${tail}`);
  }
}

/** Runs a command to its end and returns its standard output. Throws CommandFailed unless it exits with 0. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings: SpawnOptions = { cwd: options.cwd, env: { ...process.env, ...options.env } };
    const child = spawn(command, args, settings);
    if (options.log) mkdirSync(dirname(options.log), { recursive: true });
    const log = options.log ? createWriteStream(options.log, { flags: "a" }) : undefined;
    let stdout = "";
    let both = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      both += chunk.toString();
      log?.write(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      both += chunk.toString();
      log?.write(chunk);
    });
    child.on("error", reject);
    log?.on("error", reject);
    child.on("close", (code) => {
      const end = (error?: Error | null) => {
        if (error) reject(error);
        else if (code === 0) resolve(stdout);
        else reject(new CommandFailed([command, ...args.slice(0, 3)].join(" "), code, both, options.log));
      };
      // The log is closed first: a caller that gets the result, or an error that names the log, finds it complete.
      if (!log) return end();
      finished(log, end);
      log.end();
    });
    // A program may exit without reading its input. Its exit code tells whether it failed.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  });
}
