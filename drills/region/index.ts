/** Command `region`: the loss of a region, on paper. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Misuse, parsed } from "../../command-line";
import { lab } from "../../lab/target";
import { StackSettings } from "../stack-settings";
import { needsOf, paperText } from "./paper";

export const help = `Says what a stack would need to survive the loss of its region, and what is missing. Nothing is run.

  npm run drill -- region [--stack STACK]

  --stack STACK   the Pulumi stack. Default: local, the lab

The report is written into reports/. It is on paper, and counts as no drill. The exit code is 1 if something is missing, and 2
if the command itself failed.`;

/** Surroundings of the command. */
export interface Surroundings {
  /** Directory of the project. */
  readonly root: string;
  /** URL of Pulumi's backend. Default: not known. */
  readonly backend: string | undefined;
  readonly now: Date;
  readonly print: (text: string) => void;
}

/**
 * Runs the command. Returns true if something is missing.
 * @throws Misuse if the command line is wrong, or the stack has no file
 */
export function region(typed: readonly string[], { root, backend, now, print }: Surroundings): boolean {
  const { values, positionals } = parsed(typed, { stack: { type: "string", default: lab.stack } });
  if (values.help) {
    print(help);
    return false;
  }
  if (positionals.length > 0) throw new Misuse(`region takes no ${positionals[0]}: see region --help`);
  const stack = StackSettings.read(values.stack, root);
  const needs = needsOf(stack, backend);
  const text = paperText(stack.name, needs, now);
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const file = join(root, "reports", `${stack.name}-region-on-paper-${time}.md`);
  mkdirSync(join(root, "reports"), { recursive: true });
  writeFileSync(file, text);
  print(`${text}\nThe report: ${relative(root, file)}`);
  return needs.some(({ state }) => state === "missing");
}
