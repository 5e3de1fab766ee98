/** Stack of the five teams' databases on the lab's cluster, beside the local one. Its state and its secrets are its own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { remover, writer } from "../../../lab/cluster/object-store";
import { execute, releaseAfter, Workspace, type Result } from "../workspace";
import type { Configuration } from "./configuration";

const name = "teams";
const backups = {
  "runsheet:backupsAccessKeyId": writer.access,
  "runsheet:backupsSecretAccessKey": writer.secret,
  "runsheet:backupsRetentionAccessKeyId": remover.access,
  "runsheet:backupsRetentionSecretAccessKey": remover.secret,
};

export class TeamStack {
  private readonly workspace = new Workspace();
  private readonly environment = {
    PULUMI_BACKEND_URL: `file://${this.workspace.directory}/state`,
    PULUMI_CONFIG_PASSPHRASE: "of the teams' stack",
    PULUMI_STACK: name,
  };

  /** Writes the stack's file, and creates the stack without resources. It has the secrets of the lab's bucket, too. */
  async create(config: Configuration, secrets: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(join(this.workspace.directory, "state"));
    writeFileSync(join(this.workspace.directory, `Pulumi.${name}.yaml`), stringify({ config }));
    await this.succeeds("stack", "init", name);
    await this.secrets({ ...secrets, ...backups });
  }

  /** Sets secrets of the configuration. */
  async secrets(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
    await this.succeeds("config", "set-all", "--stack", name, ...pairs);
  }

  /** Sets keys of the configuration; undefined removes one. */
  configure(changes: Readonly<Record<string, unknown>>): void {
    this.workspace.configure(changes, name);
  }

  /** Configured release of a system. */
  release(system: string): string {
    return this.workspace.configured(`${system}:release`, name) as string;
  }

  /** Configures the next release of a system, so that its deployment runs again. */
  nextRelease(system: string): void {
    this.configure({ [`${system}:release`]: releaseAfter(this.release(system)) });
  }

  /** Runs an `up` that must succeed. Returns its output, and throws with it on failure. */
  up(...args: string[]): Promise<string> {
    return this.succeeds("up", "--yes", "--skip-preview", "--stack", name, ...args);
  }

  /** Runs an `up` that must fail. Returns its output. */
  upFails(): Promise<string> {
    return this.fails("up", "--yes", "--skip-preview", "--stack", name);
  }

  /** Runs a preview. Returns its output, and throws with it on failure. */
  preview(): Promise<string> {
    return this.succeeds("preview", "--stack", name);
  }

  /** Runs a preview that must fail. Returns its output. */
  previewFails(): Promise<string> {
    return this.fails("preview", "--stack", name);
  }

  /** Runs a drill on a system. Returns its output. */
  async drill(scenario: string, system: string): Promise<string> {
    const args = ["run", "--silent", "drill", "--", scenario, "--system", system, "--stack", name, "--yes"];
    const { code, output } = await execute("npm", args, this.workspace.directory, this.environment);
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** Output of the stack for a system. */
  async output(system: string): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.pulumi("stack", "output", system, "--json", "--stack", name);
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  /** Reads a file of the stack's checkout, such as a drill's report. */
  read(file: string): string {
    return this.workspace.read(file);
  }

  /** Looks for what differs from the last `up`. Returns the output. */
  async drift(): Promise<string> {
    return (await this.pulumi("refresh", "--preview-only", "--stack", name)).output;
  }

  destroy(): Promise<string> {
    return this.succeeds("destroy", "--yes", "--skip-preview", "--stack", name);
  }

  remove(): void {
    this.workspace.remove();
  }

  private pulumi(...args: string[]): Promise<Result> {
    return this.workspace.pulumi(args, this.environment);
  }

  private async fails(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code === 0) throw new Error(`pulumi ${args[0]} should have failed:\n${output}`);
    return output;
  }

  private async succeeds(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code !== 0) throw new Error(output);
    return output;
  }
}
