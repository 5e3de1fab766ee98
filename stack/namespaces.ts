/** Namespaces of a stack. */
import { isOwn, type Claim, type Cluster } from "./cluster";
import type { Owner } from "../components/kubernetes/owner";
import { platformNamespace } from "../components/platform/versions";
import type { CommonSettings } from "../components/system/settings";
import type { Guest } from "./guests";
import { namespaceIn, pinnedCluster, type Outputs } from "./outputs";
import { refusal } from "./refusal";

/** System with the setting of its namespace. */
interface Placed {
  readonly system: { readonly name: string };
  readonly settings: Pick<CommonSettings, "namespace">;
}

/** Returns the name of a system's namespace. */
export const namespaceOf = ({ system, settings }: Placed, prefix: string): string =>
  `${prefix}${settings.namespace.name ?? system.name}`;

/** Errors for names that no namespace can have, and for namespaces of more than one system. */
export function namespaceProblems(systems: readonly Placed[], prefix: string): string[] {
  const names = new Map<string, string>();
  return systems.flatMap((placed) => {
    const { name: system } = placed.system;
    const namespace = namespaceOf(placed, prefix);
    const other = names.get(namespace);
    names.set(namespace, other ?? system);
    return [
      ...(other === undefined
        ? []
        : [
            `${system}:namespace.name and ${other}:namespace.name are both ${namespace}, and each system needs a ` +
              `namespace of its own, for the record of its live database and for restores; give one of them another name`,
          ]),
      ...(namespace.length > 63
        ? [`${system}:namespace.name gives ${namespace}, and a namespace's name has at most 63 characters; shorten it`]
        : []),
    ];
  });
}

/**
 * Returns the namespaces of systems that are there, by the system's name. The outputs say it; where they are lost, a
 * namespace that has the system's name, as all had in earlier versions, and the stack's labels.
 */
export async function namespacesBefore(
  systems: readonly Placed[],
  prefix: string,
  outputs: Outputs,
  cluster: Cluster | undefined,
  owner: Owner,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    systems.map(async ({ system: { name } }) => {
      const left = namespaceIn(outputs, name);
      if (left !== undefined || !cluster) return left;
      const earlier = `${prefix}${name}`;
      return (await isOwn(cluster, earlier, owner)) ? earlier : undefined;
    }),
  );
  return new Map(systems.flatMap(({ system: { name } }, index) => (found[index] ? [[name, found[index]]] : [])));
}

/**
 * Refuses to move an existing system to another namespace, which would delete everything in the old one.
 * @param before namespaces of systems that are there, by the system's name
 * @throws RunError that lists the systems
 */
export function refuseMoves(systems: readonly Placed[], prefix: string, before: ReadonlyMap<string, string>): void {
  const moved = systems.flatMap((placed) => {
    const { name } = placed.system;
    const there = before.get(name);
    const wanted = namespaceOf(placed, prefix);
    if (there === undefined || there === wanted) return [];
    const wayBack = there.startsWith(prefix)
      ? `pulumi config set --path ${name}:namespace.name ${there.slice(prefix.length)}`
      : "set runsheet:namespacePrefix as before";
    return [`${name} is in the namespace ${there}, not in ${wanted}. To leave it there: ${wayBack}`];
  });
  if (moved.length === 0) return;
  const wayOut =
    "a namespace's contents cannot be moved, and would be deleted. For another namespace make another stack and restore the databases there";
  throw refusal("systems would move to other namespaces", [...moved, wayOut]);
}

/** Lists the namespaces of others that the stack uses. */
export const guestsOf = (systems: readonly Placed[], prefix: string): Guest[] =>
  systems
    .filter(({ settings }) => !settings.namespace.create)
    .map((placed) => ({ system: placed.system.name, namespace: namespaceOf(placed, prefix) }));

/** Lists the namespaces that the stack makes, and so claims, in the cluster with this UID. */
export function claimsOf(
  systems: readonly Placed[],
  prefix: string,
  platform: { readonly install: boolean },
  outputs: Outputs,
  uid: string,
): Claim[] {
  // The outputs describe the cluster of the last `up`.
  const isThere = [undefined, uid].includes(pinnedCluster(outputs));
  const ofSystems = systems
    .filter(({ settings }) => settings.namespace.create)
    .map((placed) => ({
      namespace: namespaceOf(placed, prefix),
      known: isThere && namespaceIn(outputs, placed.system.name) !== undefined,
      wayOut: `set runsheet:namespacePrefix or ${placed.system.name}:namespace.name to have another one`,
      besideKey: `${placed.system.name}:namespace.create`,
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
