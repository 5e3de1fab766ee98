/** Comparison with the golden files (test/support/golden.ts). `npm run golden` regenerates them. */
import * as pulumi from "@pulumi/pulumi";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { names } from "../../systems";
import { emptyCluster, readerOf } from "../support/cluster-reader";
import { goldenDirectory, goldenFiles } from "../support/golden";
import { collectResources, componentOutputs, registeredUrns, settled } from "../support/mocks";
import { setStackConfiguration } from "../support/stack-configuration";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

test.each(["local"])("stack %s registers what its golden files say", async (stack) => {
  const resources = collectResources("runsheet", stack);
  setStackConfiguration(stack);
  // Loaded late, since the program registers its resources when it is loaded.
  const main = jest.requireActual<() => Promise<Record<string, unknown>>>("../../index");
  const outputs = await resolved(await main());
  const [urns, outputsOfComponents] = [registeredUrns(), componentOutputs()];
  await settled();
  const program = { resources, urns, outputs, componentOutputs: outputsOfComponents() };
  expectGolden(goldenDirectory(stack), goldenFiles(program, names));
});

/** Resolved values of outputs. */
const resolved = (outputs: Record<string, unknown>) =>
  new Promise<Record<string, unknown>>((resolve) => pulumi.output(outputs).apply(resolve));

function expectGolden(directory: string, files: Record<string, string>): void {
  if (process.env.UPDATE_GOLDEN) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  }
  expect(readdirSync(directory)).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(text).toBe(readFileSync(join(directory, name), "utf8"));
}
