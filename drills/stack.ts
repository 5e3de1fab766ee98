/** The stack that a drill is about, on Pulumi's Automation API. */
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Databases } from "../components/system/database-plan";
import { namespaceOf } from "../stack/namespaces";
import { pinnedCluster } from "../stack/outputs";
import { systems } from "../systems";

const root = join(__dirname, "..");

/** Keys of the stack's configuration, with their values. */
export type Configuration = Readonly<Record<string, unknown>>;

interface SettingsFile {
  readonly config: Configuration;
}

export class DrilledStack {
  private constructor(
    readonly name: string,
    private readonly stack: Stack,
    private readonly settings: SettingsFile,
    /** Where the drill keeps what it writes down. */
    private readonly directory: string,
  ) {}

  /** @throws Error if there is no such stack, or its configuration cannot be read */
  static async select(name: string, directory: string): Promise<DrilledStack> {
    const stack = await LocalWorkspace.selectStack({ stackName: name, workDir: root });
    const settings = parse(readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8")) as SettingsFile;
    return new DrilledStack(name, stack, settings, directory);
  }

  /** A key of the stack's configuration. */
  configured<Value>(key: string): Value | undefined {
    return this.settings.config[key] as Value | undefined;
  }

  /** The systems that it has. */
  get systems(): readonly string[] {
    return this.configured<string[]>("runsheet:systems") ?? systems.map(({ name }) => name);
  }

  /** The namespace that a system of it is in. */
  namespace(system: string): string {
    return namespaceOf(system, this.configured<string>("runsheet:namespacePrefix") ?? "");
  }

  /** Whether what holds data can be deleted only after `pulumi state unprotect`. */
  get isProtected(): boolean {
    return String(this.configured("runsheet:protect") ?? true) !== "false";
  }

  /** `pulumi up` with these keys instead of the stack's own: its file stays as it is. Throws Error with what failed. */
  async up(changes: Configuration = {}): Promise<void> {
    const configFile = join(this.directory, "Pulumi.yaml");
    const config = Object.fromEntries(
      Object.entries({ ...this.settings.config, ...changes }).filter(([, value]) => value !== undefined),
    );
    // In quotation marks, so that what was text stays text for Pulumi.
    writeFileSync(configFile, stringify({ ...this.settings, config }, { defaultStringType: "QUOTE_DOUBLE" }));
    try {
      await this.logged("up", (onOutput) =>
        this.stack.up({ configFile, onOutput, color: "never", suppressProgress: true }),
      );
    } finally {
      rmSync(configFile);
    }
  }

  /** Throws Error if an `up` would change anything: a drill is no deployment. */
  async expectNothingPending(): Promise<void> {
    const { changeSummary } = await this.logged("preview", (onOutput) =>
      this.stack.preview({ onOutput, color: "never", suppressProgress: true }),
    );
    const changes = Object.entries(changeSummary).filter(([kind]) => kind !== "same");
    if (changes.length === 0) return;
    const pending = changes.map(([kind, count]) => `${count} to ${kind}`).join(", ");
    throw new Error(`stack ${this.name} is not as its configuration has it (${pending}): run pulumi up first`);
  }

  /** `pulumi up` that is to fail. Resolves with its errors; throws Error if it succeeds. */
  async upFails(changes: Configuration): Promise<string> {
    const failed = await this.up(changes).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (failed === undefined) throw new Error("pulumi up succeeded, and was to fail");
    return failed;
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    await this.logged("destroy", (onOutput) =>
      this.stack.destroy({ onOutput, color: "never", suppressProgress: true }),
    );
  }

  /** The UID of the cluster that the last `up` was in; undefined if it did not say. */
  async cluster(): Promise<string | undefined> {
    const outputs = await this.stack.outputs();
    return pinnedCluster({ cluster: outputs.cluster?.value as unknown });
  }

  /** What the last `up` left of a system's databases. Throws Error if the stack does not have the system. */
  async databases(system: string): Promise<Databases & Required<Pick<Databases, "live" | "server">>> {
    const outputs = await this.stack.outputs();
    const { database } = (outputs[system]?.value ?? {}) as { database?: Databases };
    if (!database?.live || !database.server)
      throw new Error(
        `stack ${this.name} has no archived database of ${system}: bring it up first, with runsheet:backups in its configuration`,
      );
    return { ...database, live: database.live, server: database.server };
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
      throw new Error(`pulumi ${what} failed; all that it said is in ${log}:\n${cause}`, { cause: error });
    }
  }
}

/** What Pulumi says at its end, without its warnings. */
function errorsIn(output: string): string {
  const diagnostics = /^Diagnostics:\n([\s\S]*?)^(?:Outputs|Resources):/m.exec(output)?.[1] ?? "";
  return diagnostics
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+warning: /.test(line))
    .join("\n");
}
