/** Which namespaces a stack has. */
import type { Claim } from "./cluster";
import { platformNamespace } from "../components/platform/versions";
import type { ConfiguredSystem } from "./config";
import { namespaceIn, pinnedCluster, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/** The name of a system's namespace. */
export const namespaceOf = (system: string, prefix: string) => `${prefix}${system}`;

/**
 * Makes sure that no system that the stack has changes its namespace: all of it would be deleted, and made anew elsewhere.
 * @throws RunError that lists those that would
 */
export function refuseMoves(systems: readonly ConfiguredSystem[], prefix: string, outputs: Outputs): void {
  const moved = systems.flatMap(({ system: { name } }) => {
    const before = namespaceIn(outputs, name);
    const wanted = namespaceOf(name, prefix);
    return before === undefined || before === wanted ? [] : [`${name} is in the namespace ${before}, not in ${wanted}`];
  });
  if (moved.length === 0) return;
  const wayOut =
    "what is in a namespace cannot be moved to another. Set runsheet:namespacePrefix as it was, or bring up another stack with it, and restore the databases there";
  throw refusal("runsheet:namespacePrefix is not what it was", [...moved, wayOut]);
}

/** The namespaces that the stack is to have, in the cluster with this UID. */
export function claimsOf(
  systems: readonly ConfiguredSystem[],
  prefix: string,
  platform: { readonly install: boolean },
  outputs: Outputs,
  uid: string,
): Claim[] {
  // What the outputs know is in the cluster of the last `up`.
  const isThere = [undefined, uid].includes(pinnedCluster(outputs));
  const ofSystems = systems.map(({ system: { name } }) => ({
    namespace: namespaceOf(name, prefix),
    known: isThere && namespaceIn(outputs, name) !== undefined,
    wayOut: "set runsheet:namespacePrefix, so that this stack's namespaces have names of their own",
  }));
  const ofPlatform = {
    namespace: platformNamespace,
    // Outputs of before there were owner's labels name no cluster; whatever has installed operators since has labelled them.
    known: pinnedCluster(outputs) === undefined && Object.keys(outputs).length > 0,
    wayOut: "set runsheet:platform.install to false, so that the operators that are there are used",
  };
  return [...ofSystems, ...(platform.install ? [ofPlatform] : [])];
}
