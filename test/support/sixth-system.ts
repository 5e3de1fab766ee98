/** Sixth system of test/fixtures, which docs/adding-a-system.md builds, in a copy of the checkout. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Workspace } from "./workspace";

export const fixture = join(__dirname, "..", "fixtures", "sixth-system");

/** Keys of the system in the stack's configuration file. */
export const sixthSystemKeys = (): Record<string, unknown> =>
  (parse(readFileSync(join(fixture, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> }).config;

const listed = (names: string) => `export const systems: readonly KnownSystem[] = [${names}];\n`;
const shipped = listed("prism, omniops, mued, pm, aiBackend");
const importLine = `import { helpdesk } from "./helpdesk";\n`;
const withHelpdesk = listed("prism, omniops, mued, pm, aiBackend, helpdesk");

/** Lines of systems/index.ts that the system adds or changes. */
export const entry = importLine + withHelpdesk;

/** Adds the system to a copy: its folder, its stand-in, its entry in systems/index.ts and its configuration. */
export function addSixthSystem(workspace: Workspace): void {
  for (const directory of ["systems", "lab"])
    cpSync(join(fixture, directory), join(workspace.directory, directory), { recursive: true });
  workspace.edit("systems/index.ts", (text) =>
    replaced(replaced(text, /^import type /m, `${importLine}import type `), shipped, withHelpdesk),
  );
  workspace.configure(sixthSystemKeys());
}

function replaced(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`systems/index.ts has nothing that matches ${from}`);
  return changed;
}
