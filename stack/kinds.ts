/** Kinds of operators in the cluster: those of others are found before Helm refuses to own them. */
import type { Cluster } from "./cluster";

export interface Definition {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** A Helm release. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** Kinds that are not a release's. */
interface KindsOfOthers {
  readonly names: string;
  /** Says whose the first of them is. */
  readonly whose: string;
  /** Commands that give them to the release. */
  readonly taking: string;
}

export const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const name = "meta.helm.sh/release-name";
const namespace = "meta.helm.sh/release-namespace";

/** Returns the Helm release that has a kind. Undefined if none has it. */
export function releaseOf({ metadata: { annotations = {} } }: Definition): Release | undefined {
  return annotations[name] === undefined
    ? undefined
    : { name: annotations[name], namespace: annotations[namespace] ?? "" };
}

/** Finds the kinds of some groups that are not a release's. Undefined if there are none. */
export async function kindsOfOthers(
  { read }: Pick<Cluster, "read">,
  groups: readonly string[],
  release: Release,
): Promise<KindsOfOthers | undefined> {
  const list = await read<{ readonly items: readonly Definition[] }>(definitions, "metadata");
  const foreign = (list?.items ?? []).filter((definition) => {
    const own = releaseOf(definition);
    const isOwn = own?.name === release.name && own.namespace === release.namespace;
    return groups.some((group) => definition.metadata.name.endsWith(`.${group}`)) && !isOwn;
  });
  if (foreign.length === 0) return undefined;
  const all = foreign.map(({ metadata }) => metadata.name);
  const crds = all.join(" ");
  const first = releaseOf(foreign[0]!);
  return {
    names: all.join(", "),
    whose: first ? `of the Helm release ${first.name} in ${first.namespace}` : "not this stack's",
    taking:
      `kubectl label crd ${crds} app.kubernetes.io/managed-by=Helm --overwrite && ` +
      `kubectl annotate crd ${crds} ${name}=${release.name} ${namespace}=${release.namespace} --overwrite`,
  };
}
