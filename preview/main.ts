/** `npm run preview`. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Misuse } from "../command-line";
import { projectDirectory } from "../engine/project";
import { previewStack } from "../engine/stack";
import { environment } from "../lab/pulumi";
import { lab } from "../lab/target";
import { help, readArguments, type Arguments, type Format } from "./arguments";
import { markdown } from "./markdown";
import { migrationFindings } from "./migrations";
import { tell } from "./tell";
import { text } from "./text";
import type { Told } from "./told";

const formatted: Readonly<Record<Format, (told: Told) => string>> = {
  text,
  markdown,
  json: (told) => `${JSON.stringify(told, undefined, 2)}\n`,
};

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (!args) return console.log(help);
  const told = await preview(args);
  const result = formatted[args.format](told);
  if (args.output !== undefined) writeFileSync(args.output, result);
  process.stdout.write(args.output === undefined ? result : text(told));
  if (told.result === "failed") process.exitCode = 1;
  if (args.expectNoChanges && told.result === "changes") {
    console.error("There are changes, and --expect-no-changes allows none.");
    process.exitCode = 1;
  }
}

async function preview({ stack, policyPacks, base }: Arguments): Promise<Told> {
  // Looked for first: an unknown base is an error in the command line.
  const findings = base === undefined ? undefined : await migrationFindings(base, projectDirectory);
  // The lab has its own Pulumi.
  if (stack === lab.stack) Object.assign(process.env, await environment(lab));
  const packs = policyPacks.map((directory) => resolve(directory));
  return tell(stack, await previewStack(stack, { policyPacks: packs }), findings);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof Misuse) console.error("See npm run preview -- --help");
  process.exitCode = error instanceof Misuse ? 2 : 1;
});
