/** Copies of the checkout in which tests make changes and run Pulumi. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";

const root = join(__dirname, "..", "..");

export interface Result {
  readonly code: number;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
  /** Standard output only. */
  readonly stdout: string;
}

const up = ["up", "--yes", "--skip-preview", "--stack", "local"];

/** Copy of the checkout in a temporary directory. `remove` deletes it. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), "runsheet-workspace-"));

  constructor() {
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const file of files.split("\n").filter(Boolean)) {
      // Deleted, and not committed yet.
      if (!existsSync(join(root, file))) continue;
      const target = join(this.directory, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, file), target);
    }
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
  }

  /** Returns the text of a file. */
  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  /** Changes the text of a file. */
  edit(file: string, change: (text: string) => string): void {
    writeFileSync(join(this.directory, file), change(this.read(file)));
  }

  /** Value of a key in the stack's configuration file. */
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

  /** Runs `pulumi` non-interactively. */
  pulumi(args: readonly string[], environment: Record<string, string> = {}): Promise<Result> {
    return execute("pulumi", [...args, "--non-interactive", "--color", "never"], this.directory, environment);
  }

  up(...args: string[]): Promise<Result> {
    return this.pulumi([...up, ...args]);
  }

  /** Starts an `up`. The returned function kills it and its child processes with SIGKILL, as a machine failure does. */
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

/** Runs a command to its end. A non-zero exit code is not an error. */
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

/** Returns the release after another one: its last number is one higher. */
export const releaseAfter = (release: string): string =>
  release.replace(/\d+$/, (number) => String(Number(number) + 1));
