/** Command line of the preview. */
import { expectNames, oneOf, optionsOnly, parsed } from "../command-line";
import { lab } from "../lab/target";

export const formats = ["text", "markdown", "json"] as const;
export type Format = (typeof formats)[number];

export const help = `Previews an up of a stack, and tells it as steps of the runbooks. It changes nothing.

  npm run preview -- [--stack NAME] [--format text|markdown|json] [--output FILE] [--policy-pack DIR]
                     [--base REF] [--expect-no-changes]

  --stack NAME         the Pulumi stack. Default: local, the lab
  --format FORMAT      one of ${formats.join(", ")}. Default: text
  --output FILE        writes the format into this file, and the text to the terminal
  --policy-pack DIR    a policy pack, such as policy; and so on for further ones
  --base REF           checks the migrations that are new or changed since this commit or branch, such as origin/main
  --expect-no-changes  exits with 1 if there are changes

The exit code is 0 if the preview succeeded, 1 if it failed, and 2 if the command line is wrong.`;

export interface Arguments {
  readonly stack: string;
  readonly format: Format;
  readonly output?: string;
  readonly policyPacks: readonly string[];
  readonly base?: string;
  readonly expectNoChanges: boolean;
}

/**
 * Parses the command line. Undefined if help is requested.
 * @throws Misuse with the error and the possible values
 */
export function readArguments(typed: readonly string[]): Arguments | undefined {
  const { values, positionals } = parse(typed);
  if (values.help) return undefined;
  optionsOnly(positionals, "--stack");
  const { stack, output, base } = values;
  const format = oneOf("format", values.format, formats);
  expectNames({ stack, output, base });
  return {
    ...{ stack, format, policyPacks: values["policy-pack"], expectNoChanges: values["expect-no-changes"] },
    ...(output !== undefined && { output }),
    ...(base !== undefined && { base }),
  };
}

const parse = (typed: readonly string[]) =>
  parsed(typed, {
    stack: { type: "string", default: lab.stack },
    format: { type: "string", default: "text" },
    output: { type: "string" },
    "policy-pack": { type: "string", multiple: true, default: [] },
    base: { type: "string" },
    "expect-no-changes": { type: "boolean", default: false },
  });
