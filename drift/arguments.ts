/** Command line of the search for drift. */
import { expectNames, oneOf, optionsOnly, parsed } from "../command-line";
import { lab } from "../lab/target";

export const formats = ["text", "markdown", "json", "prometheus"] as const;
export type Format = (typeof formats)[number];

export const help = `Searches a stack for drift: what differs from what the last up left, who changed it, and what an up does about it.

  npm run drift -- [--stack NAME] [--format ${formats.join("|")}] [--output FILE] [--without-checks]

  --stack NAME      the Pulumi stack. Default: local, the lab
  --format FORMAT   one of ${formats.join(", ")}. Default: text
  --output FILE     writes the format into this file, and the text to the terminal
  --without-checks  leaves out what only a pod can check: the databases, their schemas, roles and rights

It changes nothing of the stack. The checks run as Jobs in the systems' namespaces, which remove themselves; what they find
is noted in the ConfigMap drift, by which the next up knows what to check again, and to mend.

The exit code is 0 without drift, 1 with drift, 2 if not everything could be looked at, or the command line is wrong, and 3 if
nothing was compared because an update of the stack is in progress.`;

export interface Arguments {
  readonly stack: string;
  readonly format: Format;
  readonly output?: string;
  readonly checks: boolean;
}

/**
 * Parses the command line. Undefined if help is requested.
 * @throws Misuse with the error and the possible values
 */
export function readArguments(typed: readonly string[]): Arguments | undefined {
  const { values, positionals } = parse(typed);
  if (values.help) return undefined;
  optionsOnly(positionals, "--stack");
  const { stack, output } = values;
  const format = oneOf("format", values.format, formats);
  expectNames({ stack, output });
  return { stack, format, checks: !values["without-checks"], ...(output !== undefined && { output }) };
}

const parse = (typed: readonly string[]) =>
  parsed(typed, {
    stack: { type: "string", default: lab.stack },
    format: { type: "string", default: "text" },
    output: { type: "string" },
    "without-checks": { type: "boolean", default: false },
  });
