/** URNs of the resources that hold data: as frozen in a file, and as the program registers them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { holdsData, parsed } from "./data";
import { collectResources, registeredUrns, settled } from "./mocks";
import { setStackConfiguration } from "./stack-configuration";

/**
 * Frozen URNs. No command regenerates this list. A renamed resource gets an alias (Pulumi's option `aliases`), and its
 * line is edited by hand. Added lines are harmless.
 */
export const frozen = (): string[] =>
  readFileSync(join(__dirname, "..", "golden", "data.urns.txt"), "utf8")
    .trim()
    .split("\n");

/**
 * URNs of the stack `local` that hold data, with changes to its configuration. Call it once per test file, since the
 * program is loaded only once.
 */
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
