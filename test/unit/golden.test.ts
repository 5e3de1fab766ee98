/**
 * Everything that a stack's program registers, as one readable file for each stack, and the order of its steps as another: a
 * change of any resource is a change of these files, to be read in review. `npm run golden` writes them anew.
 */
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { collectResources, settled, type Registered } from "../support/mocks";

jest.mock("../../components/kubeconfig", () => ({ clusterReader: () => Promise.resolve(readerOf(emptyCluster)) }));

const root = join(__dirname, "..", "..");

function setConfiguration(stack: string): void {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  // The operators' manifests are tested on their own: they are not the stack's.
  const all: Record<string, unknown> = { ...config, "runsheet:platform": { install: false } };
  const secrets = Object.keys(all).filter((key) => isSecret(all[key]));
  const text = (key: string, value: unknown) => {
    if (isSecret(value)) return key.endsWith("Url") ? `https://secret.invalid/${key}` : `<secret ${key}>`;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const texts = Object.entries(all).map(([key, value]) => [key, text(key, value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, secrets);
}

/** Whether Pulumi.STACK.yaml holds it encrypted. */
const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

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
  setConfiguration(stack);
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
