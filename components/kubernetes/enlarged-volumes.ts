/**
 * Volumes that somebody has enlarged by hand. The API server refuses to shrink one, in the middle of an `up`: so a claim
 * keeps its size if it is declared with less.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Read } from "./kubeconfig";
import { listPath } from "./object-path";
import { isMore } from "./quantity";

/** Fields with the size of a volume, by kind. None of them is taken back. */
const sizes: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ["spec.resources.requests.storage"],
  Cluster: ["spec.storage.size", "spec.walStorage.size"],
};

/** Tells whether a field is the size of a volume. */
export const isVolumeSize = (kind: string, path: string): boolean => sizes[kind]?.includes(path) ?? false;

/** Claim as it is declared, or as it is there. */
interface Claim {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

/** Claim that keeps its size. */
export interface Kept {
  readonly name: string;
  readonly namespace: string;
  readonly size: string;
  readonly declared: string;
}

/**
 * Returns the transformation that keeps the sizes of the claims in these namespaces. Empty if there is none.
 * @param found is told each claim that is declared with less
 * @throws Error if the API server refuses it
 */
export async function keepingSizes(
  namespaces: readonly string[],
  read: Read,
  found: (claim: Kept) => void,
): Promise<pulumi.ResourceTransformation[]> {
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      read<{ readonly items: readonly Claim[] }>(listPath("v1", "PersistentVolumeClaim", namespace)),
    ),
  );
  const claims = lists.flatMap((list) => list?.items ?? []);
  return claims.length > 0 ? [keeping(claims, found)] : [];
}

const keeping =
  (claims: readonly Claim[], found: (claim: Kept) => void): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    if (type !== "kubernetes:core/v1:PersistentVolumeClaim") return undefined;
    const spec = pulumi.output(props as Claim).apply(({ metadata: { name, namespace = "" }, spec = {} }) => {
      const there = claims.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      const [size, declared] = [sizeOf(there), sizeOf({ spec })];
      if (size === undefined || declared === undefined || !isMore(size, declared)) return spec;
      found({ name, namespace, size, declared });
      return { ...spec, resources: { ...spec.resources, requests: { ...spec.resources?.requests, storage: size } } };
    });
    return { props: { ...props, spec }, opts };
  };

const sizeOf = (claim: Pick<Claim, "spec"> | undefined) => claim?.spec?.resources?.requests?.storage;
