/** Reads what the engine knows: a stack's exported state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

export const nameOf = (urn: string) => urn.split("::").at(-1)!;

/** The resources of an exported state. */
export function resourcesOf(exported: string): StateResource[] {
  return (JSON.parse(exported) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
}

/** All that a resource waits for, directly and indirectly. */
export function waitsFor(resource: StateResource, all: readonly StateResource[]): Set<string> {
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  const found = new Set<string>();
  const visit = (urn: string) => {
    for (const dependency of byUrn.get(urn)?.dependencies ?? []) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(resource.urn);
  return found;
}

/** The provider's resources under a component, at any depth. */
export function inside(component: string, all: readonly StateResource[]): StateResource[] {
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  const under = (resource: StateResource | undefined): boolean =>
    resource?.parent !== undefined && (nameOf(resource.parent) === component || under(byUrn.get(resource.parent)));
  return all.filter((resource) => resource.custom && under(resource));
}
