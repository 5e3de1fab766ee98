/** Graph of the program itself, which is run without an engine and without a cluster. */
import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Resource } from "./graph";
import { collectResources, componentOutputs, parentOf, registeredUrns, settled, type Registered } from "./mocks";
import { setStackConfiguration, stackFile } from "./stack-file";

/**
 * Runs the program with the configuration of a stack's file, once in a process. Secrets of the file are replaced by texts,
 * so that none can get into the graph.
 * @throws Error if there is no such file, or with every problem of the configuration
 */
export async function programGraph(stack: string): Promise<Resource[]> {
  requireFile(stack);
  const registered = collectResources("runsheet", stack, {}, undefined, true);
  setStackConfiguration(stack);
  // The result must be the same on every machine: a preview continues without a cluster.
  const { KUBECONFIG: kubeconfig } = process.env;
  const { warn } = console;
  process.env.KUBECONFIG = "/dev/null/none";
  // The only warning of a run without a cluster is that there is none.
  console.warn = () => undefined;
  try {
    // Loaded late, since it reads the configuration when it is loaded.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it exports a function, as Pulumi wants it
    const main = require("../../index") as () => Promise<unknown>;
    await main();
    const [urns, outputs] = [registeredUrns(), componentOutputs()];
    await settled();
    return graphOf(registered, urns, outputs());
  } finally {
    console.warn = warn;
    if (kubeconfig === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = kubeconfig;
  }
}

/** Joins what was registered with its URN, its parent and the outputs of components. */
function graphOf(
  registered: readonly Registered[],
  urns: readonly string[],
  outputs: ReadonlyMap<string, Resource["outputs"]>,
): Resource[] {
  const inputs = new Map(registered.map((each) => [`${each.type} ${each.name}`, each.inputs]));
  return urns.map((urn) => {
    const [, , types, name] = urn.split("::") as [string, string, string, string];
    const type = types.split("$").at(-1)!;
    const given = inputs.get(`${type} ${name}`) ?? {};
    return { urn, parent: parentOf(urn), type, name, inputs: given, outputs: outputs.get(urn) ?? given };
  });
}

/** @throws Error with the stacks that have a file, if this one has none */
function requireFile(stack: string): void {
  const file = stackFile(stack);
  if (existsSync(file)) return;
  const files = readdirSync(dirname(file)).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.slice(1) ?? []);
  throw new Error(`there is no Pulumi.${stack}.yaml; stacks with a file: ${files.join(", ")}`);
}
