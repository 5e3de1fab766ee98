/** Command line of `npm run runbook`. */
import { join } from "node:path";
import { Misuse, parsed } from "../command-line";
import { projectDirectory } from "../engine/project";
import { names } from "../systems";

export const formats = ["markdown", "html"] as const;
export type Format = (typeof formats)[number];

const usualOutput = join("reports", "runbooks");

export const help = `Renders the runbooks of the systems from the program itself.

  npm run runbook -- [SYSTEM] [--stack NAME | --configuration NAME] [--format FORMAT] [--output DIRECTORY]

  SYSTEM                one of ${names.join(", ")}. Default: all that the stack has
  --stack NAME          renders what was deployed, from the stack's state, with how long each step took. It only reads the
                        state; "local" is the lab's
  --configuration NAME  renders what the program would do with Pulumi.NAME.yaml. No cluster and no state is asked.
                        Default: local
  --format FORMAT       ${formats.join(" or ")}. Default: both
  --output DIRECTORY    directory of the files, SYSTEM.md and SYSTEM.html. Default: ${usualOutput}

The figures of recoveries are those of the newest drills in reports/. The exit code is 1 if it fails, 2 if the command
line is wrong.`;

export interface Arguments {
  /** Default: all of the stack. */
  readonly system?: string;
  readonly stack: string;
  /** True if the stack's state is to be read. */
  readonly isDeployed: boolean;
  readonly formats: readonly Format[];
  readonly output: string;
}

/** @throws Misuse with the error and the possible values */
export function readArguments(typed: readonly string[]): Arguments {
  const { values, positionals } = parse(typed);
  const [system, ...more] = positionals;
  if (more.length > 0 || (system !== undefined && !names.includes(system)))
    throw new Misuse(`${positionals.join(" ")}: expected one system of ${names.join(", ")}, or none for all`);
  const { stack, configuration, format } = values;
  if (stack !== undefined && configuration !== undefined)
    throw new Misuse("--stack reads the state, and --configuration a file: leave out one of them");
  const wanted = formats.filter((each) => format === undefined || each === format);
  if (wanted.length === 0) throw new Misuse(`--format ${format}: expected ${formats.join(" or ")}`);
  return {
    ...{ system, formats: wanted, stack: stack ?? configuration ?? "local", isDeployed: stack !== undefined },
    output: values.output ?? join(projectDirectory, usualOutput),
  };
}

const parse = (typed: readonly string[]) =>
  parsed(typed, {
    stack: { type: "string" },
    configuration: { type: "string" },
    format: { type: "string" },
    output: { type: "string" },
  });
