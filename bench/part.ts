/** Copy of the project and of its state with some of the systems, on which a preview finds nothing to do. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { componentType } from "../components/system/component-type";
import { names } from "../systems";
import { ProjectCopy } from "./copy";
import { execute, local } from "./execute";

interface Exported {
  readonly deployment: { readonly resources: readonly { readonly urn: string; readonly type: string }[] };
}

export class Part {
  private readonly copy = new ProjectCopy();
  /** Number of its resources, without the stack itself and the providers. */
  readonly count: number;

  /** @throws Error if the local stack lacks a system */
  constructor(systems: readonly string[]) {
    try {
      this.copy.configure({ "runsheet:systems": systems });
      this.count = this.fill(systems);
    } catch (error) {
      // It has the state of the stack.
      this.remove();
      throw error;
    }
  }

  /** Runs pulumi on it. Its state is in its directory. */
  pulumi(...args: string[]): string {
    const { directory: cwd } = this.copy;
    const env = { PULUMI_BACKEND_URL: `file://${join(cwd, "state")}` };
    return execute("pulumi", [...args, "--stack", "local", "--non-interactive"], { cwd, env });
  }

  remove(): void {
    this.copy.remove();
  }

  /** Takes over the systems' part of the state, and returns the number of its resources. */
  private fill(systems: readonly string[]): number {
    const { directory } = this.copy;
    const state = partOf(JSON.parse(local("stack", "export")) as Exported, systems);
    const exported = join(directory, "state.json");
    writeFileSync(exported, JSON.stringify(state), { mode: 0o600 });
    mkdirSync(join(directory, "state"));
    this.pulumi("stack", "init");
    this.pulumi("stack", "import", "--file", exported);
    return state.deployment.resources.filter(({ type }) => !type.startsWith("pulumi:")).length;
  }
}

/** Leaves out the resources of the other systems, each of which is a component of its own name. */
function partOf(state: Exported, systems: readonly string[]): Exported {
  const others = names.filter((name) => !systems.includes(name)).map(componentType);
  const isOthers = (urn: string) => others.some((type) => urn.includes(`::${type}$`) || urn.includes(`::${type}::`));
  const resources = state.deployment.resources.filter(({ urn }) => !isOthers(urn));
  return { ...state, deployment: { ...state.deployment, resources } };
}
