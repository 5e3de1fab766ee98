/** Copy of the project in a temporary directory: what a bench changes in it is not left in the checkout. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { projectDirectory } from "../engine/project";
import { execute } from "./execute";

const stackFile = "Pulumi.local.yaml";

interface Settings {
  readonly config: Readonly<Record<string, unknown>>;
}

export class ProjectCopy {
  readonly directory = mkdtempSync(join(tmpdir(), "runsheet-bench-"));

  constructor() {
    const files = execute("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
    for (const each of files.split("\n").filter(Boolean)) {
      // Deleted, and not committed yet.
      if (!existsSync(join(projectDirectory, each))) continue;
      const target = join(this.directory, each);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(projectDirectory, each), target);
    }
    symlinkSync(join(projectDirectory, "node_modules"), join(this.directory, "node_modules"));
  }

  /** Value of a key in the local stack's configuration. */
  configured(key: string): unknown {
    return this.settings().config[key];
  }

  /** Sets keys of the local stack's configuration. */
  configure(keys: Readonly<Record<string, unknown>>): void {
    const { config, ...rest } = this.settings();
    writeFileSync(join(this.directory, stackFile), stringify({ ...rest, config: { ...config, ...keys } }));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private settings(): Settings {
    return parse(readFileSync(join(this.directory, stackFile), "utf8")) as Settings;
  }
}
