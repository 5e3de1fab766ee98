/** Resources beside the steps: those of the platform, of the monitoring, and a system's own that belong to no step. */
import type { Resource } from "../runbook/source/graph";

export interface Group {
  /** Name of the component directly under the stack. */
  readonly name: string;
  readonly resources: readonly Resource[];
}

/** Type of a step's component, which is named SYSTEM-STEP. */
export const stepType = "runsheet:index:Step";

/** Groups what is beside the steps by its component. What has none, such as a provider, is left out. */
export function groupsBeside(graph: readonly Resource[]): Group[] {
  const byUrn = new Map(graph.map((resource) => [resource.urn, resource]));
  const groups = new Map<string, Resource[]>();
  for (const resource of graph) {
    const lineage = lineageOf(resource, byUrn);
    const top = lineage.at(-1)!;
    if (isComponent(resource) || !isComponent(top) || lineage.some(({ type }) => type === stepType)) continue;
    groups.set(top.name, [...(groups.get(top.name) ?? []), resource]);
  }
  return [...groups].map(([name, resources]) => ({ name, resources }));
}

const isComponent = ({ type }: Resource) => type.startsWith("runsheet:");

/** The resource and its ancestors, without the stack. */
function lineageOf(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Resource[] {
  const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
  return [resource, ...(parent && parent.type !== "pulumi:pulumi:Stack" ? lineageOf(parent, byUrn) : [])];
}
