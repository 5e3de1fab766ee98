/** Sixth system of test/fixtures, which docs/adding-a-system.md builds, in a copy of the checkout. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Workspace } from "./workspace";

export const fixture = join(__dirname, "..", "fixtures", "sixth-system");

/** Keys of the system in the stack's configuration file. */
export const sixthSystemKeys = (): Record<string, unknown> =>
  (parse(readFileSync(join(fixture, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> }).config;

/** Imports and list entry of the system in systems/index.ts. */
export const imports = `import { Helpdesk } from "./helpdesk";
import { helpdeskConfiguration } from "./helpdesk/settings";
`;
export const entry = `  known("helpdesk", helpdeskConfiguration, Helpdesk),
`;

/** Adds the system to a copy: its folder, its stand-in, its entry in systems/index.ts and its configuration. */
export function addSixthSystem(workspace: Workspace): void {
  for (const directory of ["systems", "lab"])
    cpSync(join(fixture, directory), join(workspace.directory, directory), { recursive: true });
  workspace.edit("systems/index.ts", (text) => inserted(text, imports, /^import .*"\.\/mued";\n/m));
  workspace.edit("systems/index.ts", (text) => inserted(text, entry, /^\];\n/m));
  workspace.configure(sixthSystemKeys());
}

/** Inserts `lines` before the first match of `before`. */
function inserted(text: string, lines: string, before: RegExp): string {
  if (!before.test(text)) throw new Error(`systems/index.ts has nothing that matches ${before}`);
  return text.replace(before, (match) => lines + match);
}
