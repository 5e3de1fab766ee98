/** Graph of a stack from its state, which also has when each resource was made and how long each Job took. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectDirectory } from "../../engine/project";
import type { Properties, Resource } from "./graph";

/** Largest state that is read, in bytes. */
const maxBuffer = 1024 ** 3;

const notInstalled = "there is no pulumi in the PATH; install it, or leave out --stack";

/** State as `pulumi stack export` prints it. Secrets are encrypted in it. */
interface Exported {
  readonly deployment: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly parent?: string;
      readonly type: string;
      readonly inputs?: Properties;
      readonly outputs?: Properties;
      readonly created?: string;
      readonly modified?: string;
      /** True for one that is to be deleted after its replacement. */
      readonly delete?: boolean;
    }[];
  };
}

/**
 * Reads the state of a stack.
 * @throws Error with Pulumi's message, if it cannot be read
 */
export async function stateGraph(stack: string): Promise<Resource[]> {
  const options = { cwd: projectDirectory, maxBuffer, env: process.env };
  const exported = await promisify(execFile)("pulumi", ["stack", "export", "--stack", stack], options).catch(
    ({ code, stderr, message }: Error & { readonly code?: unknown; readonly stderr?: string }) => {
      const reason = code === "ENOENT" ? notInstalled : stderr?.trim() || message;
      throw new Error(`the state of the stack ${stack} cannot be read: ${reason}`);
    },
  );
  const graph = graphOf(JSON.parse(exported.stdout) as Exported);
  if (graph.length > 0) return graph;
  throw new Error(`the stack ${stack} has no resources yet: run pulumi up, or leave out --stack`);
}

/** Resources of an exported state, without those that only wait for their deletion. */
export const graphOf = ({ deployment: { resources = [] } }: Exported): Resource[] =>
  resources
    .filter((resource) => !resource.delete)
    .map(({ urn, parent, type, inputs = {}, outputs = {}, created, modified }) => ({
      ...{ urn, parent, type, name: urn.split("::").at(-1)!, inputs, outputs, created, modified },
    }));
