/** Command lines of `npm run dashboards` and `npm run dashboards:pictures`. */
import type { ParseArgsOptionsConfig } from "node:util";
import { Misuse, parsed } from "../command-line";
import { usualNamespaces } from "../systems/dashboards";

/** Option that both commands have. */
const namespaceOption = { namespace: { type: "string", multiple: true, default: [] as string[] } } as const;

/** Lines of the help that both commands have. */
export const commonHelp = `  --namespace SYSTEM=NAMESPACE
                    namespace of a system, and so on for further ones. Default: ${Object.entries(usualNamespaces)
                      .map(([name, namespace]) => `${name}=${namespace}`)
                      .join(",\n                    ")}`;

/**
 * Parses the common options and those of `options`.
 * @throws Misuse with the error and the possible values
 */
export const parse = <Options extends ParseArgsOptionsConfig>(typed: readonly string[], options: Options) =>
  parsed(typed, { ...namespaceOption, ...options });

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
