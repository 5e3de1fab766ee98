/** Command lines: what the commands of `npm run` share. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** Error in the command line, or in the configuration that a command reads. */
export class Misuse extends Error {}

const common = { help: { type: "boolean", short: "h", default: false } } as const satisfies ParseArgsOptionsConfig;

/**
 * Parses a command line with these options and `--help`.
 * @throws Misuse that names what is wrong
 */
export function parsed<Options extends ParseArgsOptionsConfig>(typed: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...typed], allowPositionals: true, options: { ...common, ...options } });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/**
 * Refuses words that belong to no option.
 * @param example option that such a word may have been meant for. Default: none is named
 * @throws Misuse with the first of them
 */
export function optionsOnly([first]: readonly string[], example?: string): void {
  if (first === undefined) return;
  throw new Misuse(`${first}: expected options only${example === undefined ? "" : `, such as ${example} ${first}`}`);
}

/**
 * Returns the value of an option that has only some.
 * @throws Misuse with the possible ones
 */
export function oneOf<Value extends string>(option: string, value: string, values: readonly Value[]): Value {
  const found = values.find((each) => each === value);
  if (found === undefined) throw new Misuse(`--${option} ${value}: expected one of ${values.join(", ")}`);
  return found;
}

/**
 * Checks options whose values are names: an empty one, or another option, was typed by mistake.
 * @throws Misuse with the first of them
 */
export function expectNames(options: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(options))
    if (value === "" || value?.startsWith("-")) throw new Misuse(`--${name} "${value}": expected a name`);
}

/** Runs a command. Prints the error and sets the exit code 2 if the command line is wrong, else 1 if it fails. */
export async function command(help: string, work: () => Promise<void>): Promise<void> {
  try {
    if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) console.log(help);
    else await work();
  } catch (error) {
    console.error((error as Error).message);
    if (error instanceof Misuse) console.error(`\n${help}`);
    process.exitCode = error instanceof Misuse ? 2 : 1;
  }
}
