/** Stack of a drill, through Pulumi's Automation API. */
import type { Stack } from "@pulumi/pulumi/automation";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { databaseAddress, databaseUrl } from "../components/postgres/url";
import type { Databases } from "../components/system/database-plan";
import { leavingInterruption } from "../lab/interruption";
import { openStack } from "../engine/stack";
import { withoutLogin } from "../lab/backend-url";
import { pinnedCluster } from "../stack/outputs";
import { settingsFile, StackSettings, type Configuration, type SettingsFile } from "./stack-settings";

export class DrilledStack extends StackSettings {
  private constructor(
    name: string,
    settings: SettingsFile,
    private readonly stack: Stack,
    /** Directory for the drill's files. */
    private readonly directory: string,
  ) {
    super(name, settings);
  }

  /**
   * Opens a stack.
   * @throws Misuse if it has no file in the project
   */
  static async select(name: string, directory: string): Promise<DrilledStack> {
    const settings = settingsFile(name);
    return new DrilledStack(name, settings, await openStack(name), directory);
  }

  /**
   * Runs `pulumi up` with these keys instead of the stack's own, whose file is unchanged.
   * @throws Error with Pulumi's errors
   */
  async up(changes: Configuration = {}): Promise<void> {
    const configFile = join(this.directory, "Pulumi.yaml");
    const config = Object.fromEntries(
      Object.entries({ ...this.settings.config, ...changes }).filter(([, value]) => value !== undefined),
    );
    // Quoted, so that strings stay strings for Pulumi.
    writeFileSync(configFile, stringify({ ...this.settings, config }, { defaultStringType: "QUOTE_DOUBLE" }));
    try {
      await this.logged("up", (onOutput) =>
        this.stack.up({ configFile, onOutput, color: "never", suppressProgress: true }),
      );
    } finally {
      rmSync(configFile);
    }
  }

  /**
   * Checks that no change is pending, for a drill is no deployment.
   * @throws Error if an `up` would change anything
   */
  async expectNothingPending(): Promise<void> {
    const { changeSummary } = await this.logged("preview", (onOutput) =>
      this.stack.preview({ onOutput, color: "never", suppressProgress: true }),
    );
    const changes = Object.entries(changeSummary).filter(([kind]) => kind !== "same");
    if (changes.length === 0) return;
    const pending = changes.map(([kind, count]) => `${count} to ${kind}`).join(", ");
    throw new Error(`stack ${this.name} has pending changes (${pending}): run pulumi up first`);
  }

  /**
   * Runs a `pulumi up` that has to fail, and resolves to its errors.
   * @throws Error if it succeeds
   */
  async upFails(changes: Configuration): Promise<string> {
    const failed = await this.up(changes).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (failed === undefined) throw new Error("pulumi up succeeded, but should have failed");
    return failed;
  }

  /** Runs `pulumi destroy`. */
  async destroy(): Promise<void> {
    await this.logged("destroy", (onOutput) =>
      this.stack.destroy({ onOutput, color: "never", suppressProgress: true }),
    );
  }

  /**
   * Returns a secret of the configuration, which must not be printed or written.
   * @throws Error if the stack does not have it
   */
  async secret(key: string): Promise<string> {
    return (await this.stack.getConfig(key)).value;
  }

  /** Returns the UID of the last `up`'s cluster, if the outputs have it, and the address of Pulumi's backend without a login. */
  async state(): Promise<{ cluster: string | undefined; backend: string }> {
    const [outputs, { url = "" }] = await Promise.all([this.stack.outputs(), this.stack.workspace.whoAmI()]);
    const cluster = pinnedCluster({ cluster: outputs.cluster?.value as unknown });
    return { cluster, backend: withoutLogin(url) };
  }

  /** Returns the host and the name of a database that exists without the stack. */
  async existingAddress(system: string): Promise<string> {
    const key = this.configured(`${system}:databaseDirectUrl`) === undefined ? "databaseUrl" : "databaseDirectUrl";
    return databaseAddress(databaseUrl(await this.secret(`${system}:${key}`)));
  }

  /**
   * Returns the name of a system's live database.
   * @throws Error if no `up` has reached it
   */
  async live(system: string): Promise<string> {
    const { live } = (await this.databasesOf(system)) ?? {};
    if (!live) throw new Error(`stack ${this.name} has no database of ${system}: bring it up first`);
    return live;
  }

  /**
   * Returns the last `up`'s databases of a system, which the stack makes.
   * @throws Error if the stack does not have the system, or does not archive it
   */
  async databases(system: string): Promise<Databases & Required<Pick<Databases, "live" | "server">>> {
    const database = await this.databasesOf(system);
    if (!database?.live || !database.server)
      throw new Error(
        `stack ${this.name} has no archived database of ${system}: bring it up first, with runsheet:backups in its configuration`,
      );
    return { ...database, live: database.live, server: database.server };
  }

  private async databasesOf(system: string): Promise<Databases | undefined> {
    const outputs = await this.stack.outputs();
    return ((outputs[system]?.value ?? {}) as { database?: Databases }).database;
  }

  private async logged<T>(what: string, work: (onOutput: (text: string) => void) => Promise<T>): Promise<T> {
    const log = join(this.directory, "pulumi.log");
    let said = "";
    const onOutput = (text: string) => {
      said += text;
      appendFileSync(log, text);
    };
    appendFileSync(log, `\n== pulumi ${what}, ${new Date().toISOString()}\n`);
    try {
      return await leavingInterruption(() => work(onOutput));
    } catch (error) {
      const cause = errorsIn(said) || (error as Error).message;
      throw new Error(`pulumi ${what} failed; its output is in ${log}:\n${cause}`, { cause: error });
    }
  }
}

/** Extracts the errors from Pulumi's output, without the warnings. */
function errorsIn(output: string): string {
  const diagnostics = /^Diagnostics:\n([\s\S]*?)^(?:Outputs|Resources):/m.exec(output)?.[1] ?? "";
  return diagnostics
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+warning: /.test(line))
    .join("\n");
}
