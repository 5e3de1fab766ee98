/** Stack of a drill, through Pulumi's Automation API. */
import type { Stack } from "@pulumi/pulumi/automation";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parse, stringify } from "yaml";
import type { Databases } from "../components/system/database-plan";
import type { CommonSettings } from "../components/system/settings";
import { openStack, projectDirectory } from "../engine/stack";
import { namespaceOf } from "../stack/namespaces";
import { pinnedCluster } from "../stack/outputs";
import { images } from "../stack/runsheet-settings";
import { systems } from "../systems";

/** Configuration of the stack: values by key. */
export type Configuration = Readonly<Record<string, unknown>>;

interface PostgresSettings {
  readonly engine?: string;
  readonly image?: string;
  readonly ca?: string;
}

interface SettingsFile {
  readonly config: Configuration;
}

export class DrilledStack {
  private constructor(
    readonly name: string,
    private readonly stack: Stack,
    private readonly settings: SettingsFile,
    /** Directory for the drill's files. */
    private readonly directory: string,
  ) {}

  /**
   * Opens a stack.
   * @throws Error if its configuration cannot be read
   */
  static async select(name: string, directory: string): Promise<DrilledStack> {
    const stack = await openStack(name);
    const settings = parse(readFileSync(join(projectDirectory, `Pulumi.${name}.yaml`), "utf8")) as SettingsFile;
    return new DrilledStack(name, stack, settings, directory);
  }

  /** Returns a value of the stack's configuration. */
  configured<Value>(key: string): Value | undefined {
    return this.settings.config[key] as Value | undefined;
  }

  /** Names of its systems. */
  get systems(): readonly string[] {
    return this.configured<string[]>("runsheet:systems") ?? systems.map(({ name }) => name);
  }

  /** Returns the namespace of a system. */
  namespace(system: string): string {
    const known = systems.find(({ name }) => name === system)!;
    const configured = this.configured(`${system}:namespace`) ?? {};
    const namespace = z.parse(known.settings.shape.namespace!, configured) as CommonSettings["namespace"];
    return namespaceOf({ system: known, settings: { namespace } }, this.configured("runsheet:namespacePrefix") ?? "");
  }

  /** True if data can be deleted only after `pulumi state unprotect`. */
  get isProtected(): boolean {
    return String(this.configured("runsheet:protect") ?? true) !== "false";
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

  /** Returns the UID of the last `up`'s cluster. Undefined if the outputs do not have it. */
  async cluster(): Promise<string | undefined> {
    const outputs = await this.stack.outputs();
    return pinnedCluster({ cluster: outputs.cluster?.value as unknown });
  }

  /** Returns the image with PostgreSQL's programs that a system uses. */
  postgresqlImage(system: string): string {
    const { postgresql } = images.parse(this.configured("runsheet:images") ?? {});
    return this.postgres(system).image ?? postgresql;
  }

  /** True if the database of a system exists without the stack. */
  hasExisting(system: string): boolean {
    return this.postgres(system).engine === "existing";
  }

  /** True if the configuration has the certificate authority of a system's database. */
  hasCa(system: string): boolean {
    return this.postgres(system).ca !== undefined;
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
   * Returns the last `up`'s databases of a system.
   * @throws Error if the stack does not have the system, or does not archive it
   */
  async databases(system: string): Promise<Databases & Required<Pick<Databases, "live" | "server">>> {
    const database = await this.databasesOf(system);
    if (this.hasExisting(system))
      throw new Error(
        `the database of ${system}, ${database?.live ?? "which no up has reached"}, exists without the stack ${this.name}: this drill is for databases that the stack makes`,
      );
    if (!database?.live || !database.server)
      throw new Error(
        `stack ${this.name} has no archived database of ${system}: bring it up first, with runsheet:backups in its configuration`,
      );
    return { ...database, live: database.live, server: database.server };
  }

  private postgres(system: string): PostgresSettings {
    return this.configured(`${system}:postgres`) ?? {};
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
      return await work(onOutput);
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
