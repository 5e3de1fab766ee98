/** Command lines of `npm run dashboards` and `npm run dashboards:pictures`. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { usualNamespaces } from "../systems/dashboards";

/** Error in the command line. */
export class Misuse extends Error {}

/** Options that both commands have. */
const common = {
  namespace: { type: "string", multiple: true, default: [] },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies ParseArgsOptionsConfig;

/** Lines of the help that both commands have. */
export const commonHelp = `  --namespace SYSTEM=NAMESPACE
                    namespace of a system, and so on for further ones. Default: ${Object.entries(usualNamespaces)
                      .map(([name, namespace]) => `${name}=${namespace}`)
                      .join(",\n                    ")}`;

/**
 * Parses the common options and those of `options`.
 * @throws Misuse with the error and the possible values
 */
export function parse<Options extends ParseArgsOptionsConfig>(typed: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...typed], allowPositionals: true, options: { ...common, ...options } });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/**
 * Returns the namespaces of the systems, with those that are given.
 * @throws Misuse if one is not of the form SYSTEM=NAMESPACE, or of no system
 */
export function namespaces(given: readonly string[]): Readonly<Record<string, string>> {
  const known = Object.keys(usualNamespaces).join(", ");
  const own = given.map((text) => {
    const [, system, namespace] = /^([^=]+)=([a-z0-9]([a-z0-9-]*[a-z0-9])?)$/.exec(text) ?? [];
    if (system === undefined || !(system in usualNamespaces))
      throw new Misuse(`--namespace ${text}: expected SYSTEM=NAMESPACE, with one of ${known}`);
    return [system, namespace!] as const;
  });
  return { ...usualNamespaces, ...Object.fromEntries(own) };
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
