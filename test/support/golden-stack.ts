/** Comparison of a stack's program with its golden files. `npm run golden` regenerates them. */
import * as pulumi from "@pulumi/pulumi";
import { names } from "../../systems";
import { goldenDirectory, goldenFiles } from "./golden";
import { expectFiles } from "./golden-files";
import { collectResources, componentOutputs, registeredUrns, settled } from "./mocks";
import { setStackConfiguration } from "./stack-configuration";

/**
 * Runs the program, and expects what the golden files say. The test file mocks components/kubernetes/kubeconfig, and calls
 * it once.
 * @param changes keys of the configuration that are not as in the stack's file. Default: none
 * @param secrets secrets by key. Default: those of the file
 * @param golden directory of the golden files, and the systems that the stack has. Default: the stack's, all
 */
export async function expectGoldenStack(
  stack: string,
  changes: Readonly<Record<string, unknown>> = {},
  secrets: Readonly<Record<string, string>> = {},
  golden: { readonly directory: string; readonly systems: readonly string[] } = { directory: stack, systems: names },
): Promise<void> {
  const resources = collectResources("runsheet", stack);
  setStackConfiguration(stack, changes, secrets);
  // Loaded late, since the program registers its resources when it is loaded.
  const main = jest.requireActual<() => Promise<Record<string, unknown>>>("../../index");
  const outputs = await resolved(await main());
  const [urns, outputsOfComponents] = [registeredUrns(), componentOutputs()];
  await settled();
  const program = { resources, urns, outputs, componentOutputs: outputsOfComponents() };
  expectFiles(goldenDirectory(golden.directory), goldenFiles(program, golden.systems));
}

/** Resolved values of outputs. */
const resolved = (outputs: Record<string, unknown>) =>
  new Promise<Record<string, unknown>>((resolve) => pulumi.output(outputs).apply(resolve));
