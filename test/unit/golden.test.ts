/**
 * Everything that a stack's program registers, as one readable file for each stack, and the order of its steps as another: a
 * change of any resource is a change of these files, to be read in review. `npm run golden` writes them anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { collectResources, settled, type Registered } from "../support/mocks";
import { setStackConfiguration } from "../support/stack-configuration";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const root = join(__dirname, "..", "..");

/** The resources without the text of long files: these are read where they lie, and their hash is in the name. */
function dump(resources: readonly Registered[]): string {
  const sorted = [...resources].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  const readable = JSON.stringify(sorted, (key, value: unknown) =>
    key === "data" ? elided(value as Record<string, string>) : value,
  );
  return stringify(JSON.parse(readable), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The runbooks' steps in the order in which they are declared, which is that of what they do. */
const steps = (resources: readonly Registered[]) =>
  resources
    .filter(({ type }) => type === "runsheet:index:Step")
    .map(({ name }) => `${name}\n`)
    .join("");

function elided(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(data).map((file) => [file, "<text>"]));
}

test.each(["local"])("stack %s registers what its golden file says", async (stack) => {
  const resources = collectResources("runsheet", stack);
  setStackConfiguration(stack);
  // Required only now, since resources register when the program is loaded.
  const main = jest.requireActual<() => Promise<unknown>>("../../index");
  await main();
  await settled();
  expectGolden(`${stack}.yaml`, dump(resources));
  expectGolden(`${stack}.steps.txt`, steps(resources));
});

function expectGolden(file: string, actual: string): void {
  const path = join(root, "test", "golden", file);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
  expect(existsSync(path)).toBe(true);
  expect(actual).toBe(readFileSync(path, "utf8"));
}
