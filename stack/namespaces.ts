/** Namespaces of a stack. */
import type { Claim } from "./cluster";
import { platformNamespace } from "../components/platform/versions";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceIn, pinnedCluster, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/** Returns the name of a system's namespace. */
export const namespaceOf = (system: string, prefix: string) => `${prefix}${system}`;

/**
 * Refuses to move an existing system to another namespace, which would delete everything in the old one.
 * @throws RunError that lists the systems
 */
export function refuseMoves(systems: readonly ConfiguredSystem[], prefix: string, outputs: Outputs): void {
  const moved = systems.flatMap(({ system: { name } }) => {
    const before = namespaceIn(outputs, name);
    const wanted = namespaceOf(name, prefix);
    return before === undefined || before === wanted ? [] : [`${name} is in the namespace ${before}, not in ${wanted}`];
  });
  if (moved.length === 0) return;
  const wayOut =
    "a namespace's contents cannot be moved. Set runsheet:namespacePrefix as before, or use the new one for another stack and restore the databases there";
  throw refusal("runsheet:namespacePrefix has changed", [...moved, wayOut]);
}

/** Lists the namespaces that the stack claims in the cluster with this UID. */
export function claimsOf(
  systems: readonly ConfiguredSystem[],
  prefix: string,
  platform: { readonly install: boolean },
  outputs: Outputs,
  uid: string,
): Claim[] {
  // The outputs describe the cluster of the last `up`.
  const isThere = [undefined, uid].includes(pinnedCluster(outputs));
  const ofSystems = systems.map(({ system: { name } }) => ({
    namespace: namespaceOf(name, prefix),
    known: isThere && namespaceIn(outputs, name) !== undefined,
    wayOut: "set runsheet:namespacePrefix to give this stack's namespaces other names",
  }));
  const ofPlatform = {
    namespace: platformNamespace,
    // Outputs from before there were owner labels name no cluster. Later versions have labelled the operators that they
    // installed.
    known: pinnedCluster(outputs) === undefined && Object.keys(outputs).length > 0,
    wayOut: "set runsheet:platform.install to false to use the existing operators",
  };
  return [...ofSystems, ...(platform.install ? [ofPlatform] : [])];
}
