/** Paths of objects in the Kubernetes API. */

/** Object by its kind and name. */
export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** Returns the path of an object in a namespace. */
export function objectPath({ apiVersion, kind, metadata: { name, namespace } }: Named): string {
  const api = apiVersion.includes("/") ? "apis" : "api";
  return `/${api}/${apiVersion}/namespaces/${namespace}/${pluralOf(kind.toLowerCase())}/${name}`;
}

/** Plural of a kind in paths: services, ingresses, networkpolicies. */
const pluralOf = (kind: string) =>
  kind.endsWith("s") ? `${kind}es` : kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
