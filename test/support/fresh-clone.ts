/** Fresh clone on which a person follows docs/adopting.md: commands in a shell, with a state and secrets of their own. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execute, Workspace } from "./workspace";

/** Value that is missing in a stack's file, as the preview lists it. */
export interface Missing {
  readonly key: string;
  readonly what: string;
  /** Command that sets it. It ends with VALUE or FILE, or asks for the value. */
  readonly command: string;
}

export class FreshClone extends Workspace {
  private readonly environment: Readonly<Record<string, string>>;

  /** @param environment variables of the shell beside those of the guide. Default: none */
  constructor(
    readonly stack: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    super();
    mkdirSync(join(this.directory, "state"));
    this.environment = {
      PULUMI_BACKEND_URL: `file://${this.directory}/state`,
      PULUMI_CONFIG_PASSPHRASE: "of a team",
      PULUMI_STACK: stack,
      ...environment,
    };
  }

  /** Runs a command in a shell. Returns its output, and throws with it on failure. */
  async shell(command: string): Promise<string> {
    const { code, output } = await execute("sh", ["-c", command], this.directory, { ...this.environment });
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
    return output;
  }

  /** Runs a command of Pulumi's that nobody answers. Returns its output, and throws with it on failure. */
  run(command: string): Promise<string> {
    return this.shell(`pulumi ${command} --non-interactive --color never`);
  }

  /** Runs a preview, which must be refused. Returns the lines of its list, with the sentence before them. */
  async refused(): Promise<string[]> {
    const output = await this.run("preview").then(
      () => {
        throw new Error("this preview should have been refused");
      },
      (error: Error) => error.message,
    );
    // Once while the preview runs, and in the end.
    const lines = output.slice(output.indexOf("Diagnostics:")).split("\n");
    const list = lines.map((line) => line.trim()).filter((line) => /^(error: |- )/.test(line));
    return list.map((line) => line.replace(/^error: (?=the configuration )/, ""));
  }

  /** Sets a value by the command of the list. FILE is the name of a file with the value. */
  async set({ command }: Missing, value: string): Promise<void> {
    await this.shell(
      command
        .replace(/ VALUE$/, ` '${value}'`)
        .replace(/ FILE$/, ` '${value}'`)
        .replace(/^.* --secret .*$/, `printf '%s\\n' '${value}' | $&`),
    );
  }
}

/** Reads a line of the list. */
export function missing(line: string): Missing {
  const [, key, what, command] = /^- (\S+) is missing: (.*?); set it with: (.*)$/.exec(line)!;
  return { key: key!, what: what!, command: command! };
}
