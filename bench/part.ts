/** Copy of the project and of its state with some of the systems, on which a preview finds nothing to do. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { projectDirectory } from "../engine/project";
import { names } from "../systems";
import { execute, local } from "./execute";

const file = "Pulumi.local.yaml";

interface Exported {
  readonly deployment: { readonly resources: readonly { readonly urn: string; readonly type: string }[] };
}

export class Part {
  private readonly directory = mkdtempSync(join(tmpdir(), "runsheet-bench-"));
  /** Number of its resources, without the stack itself and the providers. */
  readonly count: number;

  /** @throws Error if the local stack lacks a system */
  constructor(systems: readonly string[]) {
    const files = execute("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
      .split("\n")
      .filter(Boolean);
    for (const each of files) {
      const target = join(this.directory, each);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(projectDirectory, each), target);
    }
    symlinkSync(join(projectDirectory, "node_modules"), join(this.directory, "node_modules"));
    const { config, ...settings } = parse(readFileSync(join(projectDirectory, file), "utf8")) as { config: object };
    const own = { ...config, "runsheet:systems": systems };
    writeFileSync(join(this.directory, file), stringify({ ...settings, config: own }));
    const state = partOf(JSON.parse(local("stack", "export")) as Exported, systems);
    const exported = join(this.directory, "state.json");
    writeFileSync(exported, JSON.stringify(state), { mode: 0o600 });
    this.pulumi("stack", "init");
    this.pulumi("stack", "import", "--file", exported);
    this.count = state.deployment.resources.filter(({ type }) => !type.startsWith("pulumi:")).length;
  }

  /** Runs pulumi on it. Its state is in its directory. */
  pulumi(...args: string[]): string {
    mkdirSync(join(this.directory, "state"), { recursive: true });
    const env = { PULUMI_BACKEND_URL: `file://${join(this.directory, "state")}` };
    return execute("pulumi", [...args, "--stack", "local", "--non-interactive"], { cwd: this.directory, env });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** Leaves out the resources of the other systems, each of which is a component of its own name. */
function partOf(state: Exported, systems: readonly string[]): Exported {
  const others = names.filter((name) => !systems.includes(name)).map(componentOf);
  const isOthers = (urn: string) => others.some((type) => urn.includes(`::${type}$`) || urn.includes(`::${type}::`));
  const resources = state.deployment.resources.filter(({ urn }) => !isOthers(urn));
  return { ...state, deployment: { ...state.deployment, resources } };
}

const componentOf = (system: string) =>
  `runsheet:index:${system.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
