/** The URNs of what holds data, as the program registers them and as they are frozen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { holdsData, parsed } from "./data";
import { collectResources, registeredUrns, settled } from "./mocks";
import { setStackConfiguration } from "./stack-configuration";

/**
 * No command writes this list anew. What has to be called otherwise gets an alias (Pulumi's option `aliases`), and its line is
 * changed by hand; a line that is added is no danger.
 */
export const frozen = (): string[] =>
  readFileSync(join(__dirname, "..", "golden", "data.urns.txt"), "utf8")
    .trim()
    .split("\n");

/** Those of the stack local, with these changes of its configuration. Once in a file of tests: the program is loaded once. */
export async function registeredData(changes: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  collectResources("runsheet", "local");
  setStackConfiguration("local", changes);
  await jest.requireActual<() => Promise<unknown>>("../../index")();
  const urns = registeredUrns();
  await settled();
  const data = urns.filter((urn) => {
    const { type, name } = parsed(urn);
    return holdsData(type, name);
  });
  return data.sort();
}
