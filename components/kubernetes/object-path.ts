/** Paths of objects in the Kubernetes API. */

/** Object by its kind and name. */
export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** Returns the path of an object in a namespace. */
export const objectPath = ({ apiVersion, kind, metadata: { name, namespace } }: Named): string =>
  `${listPath(apiVersion, kind, namespace)}/${name}`;

/** Returns the path of all objects of a kind in a namespace. */
export function listPath(apiVersion: string, kind: string, namespace: string): string {
  const api = apiVersion.includes("/") ? "apis" : "api";
  return `/${api}/${apiVersion}/namespaces/${namespace}/${pluralOf(kind.toLowerCase())}`;
}

/** Plural of a kind in paths: services, ingresses, networkpolicies. */
const pluralOf = (kind: string) =>
  kind.endsWith("s") ? `${kind}es` : kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
