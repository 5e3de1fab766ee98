/** Copies of the checkout to try changes in, and Pulumi run there as a user runs it. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";

const root = join(__dirname, "..", "..");

export interface Result {
  readonly code: number;
  /** Standard output and error, as a user sees them. */
  readonly output: string;
  /** Standard output alone, for a machine to read. */
  readonly stdout: string;
}

const up = ["up", "--yes", "--skip-preview", "--stack", "local"];

/** A copy of the checkout. What is changed in it is gone with `remove`. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), "runsheet-workspace-"));

  constructor() {
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const file of files.split("\n").filter(Boolean)) {
      const target = join(this.directory, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, file), target);
    }
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
  }

  /** The text of a file. */
  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  /** Changes the text of a file. */
  edit(file: string, change: (text: string) => string): void {
    writeFileSync(join(this.directory, file), change(this.read(file)));
  }

  /** The value of a key of the stack's configuration, as it stands in its file. */
  configured(key: string, stack = "local"): unknown {
    return (parse(this.read(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> }).config[key];
  }

  /** Sets keys of the stack's configuration; undefined removes one. */
  configure(changes: Readonly<Record<string, unknown>>, stack = "local"): void {
    this.edit(`Pulumi.${stack}.yaml`, (text) => {
      const settings = parse(text) as { config: Record<string, unknown> };
      const config = Object.entries({ ...settings.config, ...changes }).filter(([, value]) => value !== undefined);
      return stringify({ ...settings, config: Object.fromEntries(config) });
    });
  }

  /** Runs `pulumi` with these arguments, non-interactively. */
  pulumi(args: readonly string[], environment: Record<string, string> = {}): Promise<Result> {
    return execute("pulumi", [...args, "--non-interactive", "--color", "never"], this.directory, environment);
  }

  up(...args: string[]): Promise<Result> {
    return this.pulumi([...up, ...args]);
  }

  /** Starts an `up`; the function that it returns kills it, and all that it started, as the end of a machine does. */
  startUp(): () => void {
    const { pid } = spawn("pulumi", [...up, "--non-interactive"], {
      cwd: this.directory,
      detached: true,
      stdio: "ignore",
    });
    return () => process.kill(-pid!, "SIGKILL");
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** Runs a command to its end, whatever its exit code. */
export function execute(
  command: string,
  args: readonly string[],
  cwd = root,
  environment: Record<string, string> = {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...environment } });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output, stdout }));
  });
}
