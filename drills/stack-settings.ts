/** Configuration of a stack, as its file has it. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { network, type NetworkSettings } from "../components/system/network-settings";
import type { CommonSettings } from "../components/system/settings";
import { projectDirectory } from "../engine/project";
import { drillsSettings, objectivesOf, type DrillsSettings, type Objectives } from "../stack/drills";
import { namespaceOf } from "../stack/namespaces";
import { images } from "../stack/runsheet-settings";
import { described, problemOf } from "../stack/values";
import { systems } from "../systems";
import { Misuse } from "../command-line";
import type { Scenario } from "./scenario";

/** Values of the configuration by key. */
export type Configuration = Readonly<Record<string, unknown>>;

/** File Pulumi.<stack>.yaml. */
export interface SettingsFile {
  readonly config: Configuration;
}

interface PostgresSettings {
  readonly engine?: string;
  readonly image?: string;
  readonly ca?: string;
}

export class StackSettings {
  constructor(
    readonly name: string,
    protected readonly settings: SettingsFile,
  ) {}

  /**
   * Reads the file of a stack.
   * @param directory directory of the file. Default: the project's
   * @throws Misuse if there is none
   */
  static read(name: string, directory = projectDirectory): StackSettings {
    return new StackSettings(name, settingsFile(name, directory));
  }

  /** Returns a value of the configuration. */
  configured<Value>(key: string): Value | undefined {
    return this.settings.config[key] as Value | undefined;
  }

  /** SHA-256 of the configuration. */
  get configurationHash(): string {
    return createHash("sha256").update(JSON.stringify(this.settings.config)).digest("hex");
  }

  /** Names of its secret keys, sorted. */
  get secretKeys(): string[] {
    const isSecret = (value: unknown): boolean =>
      typeof value === "object" && value !== null && ("secure" in value || Object.values(value).some(isSecret));
    const secrets = Object.entries(this.settings.config).filter(([, value]) => isSecret(value));
    return secrets.map(([key]) => key).sort();
  }

  /** Names of its systems. */
  get systems(): readonly string[] {
    return this.configured<string[]>("runsheet:systems") ?? systems.map(({ name }) => name);
  }

  /** Returns the namespace of a system. */
  namespace(system: string): string {
    const configured = this.configured(`${system}:namespace`) ?? {};
    const namespace = z.parse(known(system).settings.shape.namespace!, configured) as CommonSettings["namespace"];
    const prefix = this.configured<string>("runsheet:namespacePrefix") ?? "";
    return namespaceOf({ system: known(system), settings: { namespace } }, prefix);
  }

  /** Returns the settings of a system's network policies. */
  network(system: string): NetworkSettings {
    return network.parse(this.configured(`${system}:network`));
  }

  /** True if data can be deleted only after `pulumi state unprotect`. */
  get isProtected(): boolean {
    return String(this.configured("runsheet:protect") ?? true) !== "false";
  }

  /** Returns the image with PostgreSQL's programs that a system uses. */
  postgresqlImage(system: string): string {
    return this.postgres(system).image ?? this.image("postgresql");
  }

  /** True if the database of a system exists without the stack. */
  hasExisting(system: string): boolean {
    return this.postgres(system).engine === "existing";
  }

  /** True if the stack makes the database of a system itself, and so archives it if it has backups. */
  isMade(system: string): boolean {
    return this.postgres(system).engine === "cloudnativepg";
  }

  /** Returns an image that Runsheet itself runs. */
  image(name: keyof z.infer<typeof images>): string {
    return images.parse(this.configured("runsheet:images") ?? {})[name];
  }

  /** True if the configuration has the certificate authority of a system's database. */
  hasCa(system: string): boolean {
    return this.postgres(system).ca !== undefined;
  }

  /**
   * Returns the key `runsheet:drills`.
   * @throws Misuse that names each wrong value
   */
  get drills(): DrillsSettings {
    const result = drillsSettings.safeParse(this.configured("runsheet:drills") ?? {}, described);
    if (result.success) return result.data;
    const problems = result.error.issues.map((issue) =>
      problemOf("runsheet", { ...issue, path: ["drills", ...issue.path] }, { known: [] }),
    );
    throw new Misuse(`Pulumi.${this.name}.yaml: ${problems.join("; ")}`);
  }

  /**
   * Returns the objectives for a scenario, by system, in seconds.
   * @throws Misuse that names each wrong value
   */
  objectives(scenario: Scenario): (system: string) => Objectives {
    const { drills } = this;
    return (system) => objectivesOf(drills, system, scenario.name, scenario);
  }

  private postgres(system: string): PostgresSettings {
    return this.configured(`${system}:postgres`) ?? {};
  }
}

const known = (system: string) => systems.find(({ name }) => name === system)!;

/**
 * Reads Pulumi.<stack>.yaml.
 * @throws Misuse if there is none
 */
export function settingsFile(stack: string, directory = projectDirectory): SettingsFile {
  const file = join(directory, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Misuse(`--stack ${stack}: there is no Pulumi.${stack}.yaml in the project`);
  // The other keys, such as the salt of the encryption, belong to a stack's file as well.
  const settings = parse(readFileSync(file, "utf8")) as Partial<SettingsFile> | null;
  return { ...settings, config: settings?.config ?? {} };
}
