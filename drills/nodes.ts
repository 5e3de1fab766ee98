/** Nodes of the cluster, of which some are lost. */
import { isOf } from "../components/kubernetes/of-system";
import type { Kubectl } from "./kubectl";

/** Label of a node's zone. */
const zoneLabel = "topology.kubernetes.io/zone";

export interface Node {
  readonly name: string;
  /** Default: the cluster names no zones. */
  readonly zone?: string;
}

interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean };
}

/** Lists the nodes that take pods. */
export async function nodesOf(kubectl: Kubectl): Promise<Node[]> {
  const { items } = JSON.parse(await kubectl.run("get", "nodes", "-o", "json")) as { items: readonly Listed[] };
  return items
    .filter(({ spec }) => !spec.unschedulable)
    .map(({ metadata: { name, labels } }) => ({ name, ...(labels?.[zoneLabel] && { zone: labels[zoneLabel] }) }));
}

/**
 * Returns the nodes that are lost with one: those of its zone, if another zone is left, else the node alone.
 * @throws Error if it is none of the nodes
 */
export function lostWith(name: string, nodes: readonly Node[]): string[] {
  const lost = nodes.find((node) => node.name === name);
  if (!lost) throw new Error(`the node ${name} takes no pods: uncordon it, then run the drill again`);
  const sameZone = nodes.filter(({ zone }) => zone !== undefined && zone === lost.zone);
  const isZone = sameZone.length > 0 && sameZone.length < nodes.length;
  return isZone ? sameZone.map((node) => node.name) : [name];
}

/** System, and its namespace. */
export interface PlacedSystem {
  readonly system: string;
  readonly namespace: string;
}

/**
 * Loses what some systems run on nodes at once. Nothing new is put there until `giveBack`. Pods of others stay, also those
 * in the same namespaces: a drain would move them with their grace, which would measure nothing of the stack.
 */
export async function lose(
  kubectl: Kubectl,
  nodes: readonly string[],
  systems: readonly PlacedSystem[],
): Promise<void> {
  // CloudNativePG moves a primary off a node that takes no pods. The pods are gone before it can.
  await kubectl.run("cordon", ...nodes);
  await Promise.all(
    nodes.flatMap((node) =>
      systems.map(async (placed) => {
        const { namespace } = placed;
        const pods = await podsOf(kubectl, node, placed);
        if (pods.length > 0)
          await kubectl.run(
            ...["delete", "-n", namespace, ...pods, "--ignore-not-found"],
            ...["--grace-period=0", "--force", "--wait=false"],
          );
      }),
    ),
  );
}

/** Lists the pods of a system on a node, as pod/NAME. */
async function podsOf(kubectl: Kubectl, node: string, { system, namespace }: PlacedSystem): Promise<string[]> {
  const list = await kubectl.run(
    ...["get", "pods", "-n", namespace, `--field-selector=spec.nodeName=${node}`, "-o", "json"],
  );
  const { items } = JSON.parse(list) as { items: readonly Listed[] };
  return items.filter(isOf(system)).map(({ metadata: { name } }) => `pod/${name}`);
}

/** Lets nodes take pods again. */
export async function giveBack(kubectl: Kubectl, nodes: readonly string[]): Promise<void> {
  await kubectl.run("uncordon", ...nodes);
}

/** Lets nodes take pods again after a failure, and resolves to what was done or has to be done about them. */
export const givenBack = (kubectl: Kubectl, nodes: readonly string[]): Promise<string> =>
  giveBack(kubectl, nodes).then(
    () => "The nodes take pods again.",
    (failure: Error) => `The nodes take no pods: kubectl uncordon ${nodes.join(" ")} (${failure.message})`,
  );
