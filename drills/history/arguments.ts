/** Command lines of `npm run drill -- history` and `npm run drill -- due`. */
import { Misuse, optionsOnly, parsed } from "../../command-line";
import { lab } from "../../lab/target";

/** Forms of the history. */
export const formats = ["html", "json", "csv", "prometheus"] as const;
export type Format = (typeof formats)[number];

export const help = `Shows the drills that are on record, and those that are overdue.

  npm run drill -- history [--stack STACK] [--from DIRECTORY]... [--format FORMAT] [--output FILE]
  npm run drill -- due [--stack STACK] [--from DIRECTORY]...

  --stack STACK     the Pulumi stack. Default: all of them (history); local, the lab (due). Required for prometheus
  --from DIRECTORY  reports of other machines, beside reports/, and so on for further ones
  --format FORMAT   one of ${formats.join(", ")}. Default: html
  --output FILE     the file to write. Default: reports/drills.html for html, else the standard output

The exit code of history is 0. That of due is 0 if nothing is overdue, else 1. Both are 2 if they fail. What is due is
configured by runsheet:drills.every.`;

/**
 * Parses the command line after the name of the command. Undefined if help is requested.
 * @throws Misuse with the error and the possible values
 */
export function readHistoryArguments(command: "history" | "due", typed: readonly string[]) {
  const { values, positionals } = parse(typed);
  if (values.help) return undefined;
  optionsOnly(positionals);
  const { stack, from, output } = values;
  const format = formats.find((each) => each === (values.format ?? "html"));
  if (command === "due") {
    const foreign = (["format", "output"] as const).find((name) => values[name] !== undefined);
    if (foreign !== undefined) throw new Misuse(`--${foreign} is for history only`);
    return { stack: stack ?? lab.stack, from, format: "html" as const, output };
  }
  if (format === undefined) throw new Misuse(`--format ${values.format}: expected one of ${formats.join(", ")}`);
  if (format === "prometheus" && stack === undefined)
    throw new Misuse("--format prometheus needs --stack: namespaces of several stacks have the same names");
  return { stack, from, format, output };
}

const parse = (typed: readonly string[]) =>
  parsed(typed, {
    stack: { type: "string" },
    from: { type: "string", multiple: true, default: [] },
    format: { type: "string" },
    output: { type: "string" },
  });
