/** Resource of a stack's exported state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly deletedWith?: string;
}

export const nameOf = (urn: string) => urn.split("::").at(-1)!;

/** Resources of an exported state. */
export function resourcesOf(exported: string): StateResource[] {
  return (JSON.parse(exported) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
}

/** All direct and indirect dependencies of a resource. */
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

/** Custom resources below a component, at any depth. */
export function inside(component: string, all: readonly StateResource[]): StateResource[] {
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  const under = (resource: StateResource | undefined): boolean =>
    resource?.parent !== undefined && (nameOf(resource.parent) === component || under(byUrn.get(resource.parent)));
  return all.filter((resource) => resource.custom && under(resource));
}

/** Removes resources from an exported state, as if an `up` had been killed before it recorded them. */
export function without(lost: readonly StateResource[], exported: string): string {
  const urns = new Set(lost.map(({ urn }) => urn));
  const known = (dependencies: readonly string[] = []) => dependencies.filter((urn) => !urns.has(urn));
  const state = JSON.parse(exported) as { deployment: object };
  const resources = resourcesOf(exported)
    .filter(({ urn }) => !urns.has(urn))
    .map((resource) => ({
      ...resource,
      dependencies: known(resource.dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies ?? {}).map(([key, dependencies]) => [key, known(dependencies)]),
      ),
      deletedWith: resource.deletedWith && known([resource.deletedWith])[0],
    }));
  return JSON.stringify({ ...state, deployment: { ...state.deployment, resources } });
}
