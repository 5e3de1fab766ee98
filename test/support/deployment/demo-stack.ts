/** Stack of the program beside this file, in a copy of the checkout, which the real engine deploys without a cluster. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Resource } from "../../../runbook/source/graph";
import { graphOf } from "../../../runbook/source/state";
import { execute, Workspace, type Result } from "../workspace";

/** Secret of the stack, which its program writes, too. */
export const secret = "hunter2-of-the-test";

export class DemoStack extends Workspace {
  readonly state = mkdtempSync(join(tmpdir(), "runsheet-demo-"));
  readonly reports = join(this.state, "reports");
  readonly program = join(this.directory, "test", "support", "deployment", "program");
  readonly environment: Readonly<Record<string, string>> = {
    KUBECONFIG: "",
    PULUMI_BACKEND_URL: `file://${this.state}/state`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_CONTINUE_ON_ERROR: "true",
    PULUMI_STACK: "test",
  };

  /** @param milliseconds time that each task takes */
  async create(milliseconds: number): Promise<void> {
    mkdirSync(join(this.state, "state"));
    await this.run("stack", "init", "test");
    await this.run("config", "set", "directory", join(this.state, "objects"));
    await this.run("config", "set", "--secret", "password", secret);
    await this.set({ milliseconds: String(milliseconds), release: "1.0", failing: "false" });
  }

  async set(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(values)) await this.run("config", "set", key, value);
  }

  /** Runs `pulumi` in the program's directory. Throws with its output if it fails. */
  async run(...args: string[]): Promise<string> {
    const { code, output } = await this.tried(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
    return output;
  }

  /** Runs `pulumi`, which may fail. With a log of the engine's events it has the flag for it. */
  tried(...args: string[]): Promise<Result> {
    const environment = { ...this.environment, PULUMI_DEBUG_COMMANDS: "true" };
    return execute("pulumi", [...args, "--non-interactive", "--color", "never"], this.program, environment);
  }

  /** Starts an `up` that writes a log. The returned function kills it and its child processes. */
  startLoggedUp(log: string): () => void {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--event-log", log];
    const env = { ...process.env, ...this.environment, PULUMI_DEBUG_COMMANDS: "true" };
    const { pid } = spawn("pulumi", args, { cwd: this.program, detached: true, stdio: "ignore", env });
    return () => process.kill(-pid!, "SIGKILL");
  }

  /** Resources in its state. */
  async graph(): Promise<Resource[]> {
    const file = join(this.state, "state.json");
    await this.run("stack", "export", "--file", file);
    return graphOf(JSON.parse(readFileSync(file, "utf8")) as Parameters<typeof graphOf>[0]);
  }

  override remove(): void {
    rmSync(this.state, { recursive: true });
    super.remove();
  }
}
