/** Kinds of CloudNativePG in the cluster: those of others are found before Helm refuses to own them. */
import { platformKinds, platformNamespace } from "../components/platform/versions";
import type { Cluster } from "./cluster";
import { refusal } from "./refusal";

interface Definition {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

const groups = [".postgresql.cnpg.io", ".barmancloud.cnpg.io"];

/**
 * Checks that the kinds of CloudNativePG and of its plugin are the stack's, or not there, if the stack is to install them.
 * @throws RunError that names them, and the ways out
 */
export async function refuseOperatorsOfOthers(
  { read }: Cluster,
  { install }: { readonly install: boolean },
): Promise<void> {
  if (!install) return;
  const list = await read<{ readonly items: readonly Definition[] }>(
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "metadata",
  );
  const foreign = (list?.items ?? []).filter(
    ({ metadata }) => groups.some((group) => metadata.name.endsWith(group)) && !isOwn(metadata),
  );
  if (foreign.length === 0) return;
  const names = foreign.map(({ metadata }) => metadata.name);
  const taking = commandsTaking(names, platformKinds, platformNamespace);
  throw refusal("the cluster has CloudNativePG already", [
    `the kinds ${names.join(", ")} are ${whose(foreign[0]!.metadata.annotations)}: set runsheet:platform.install to false to use the operator that is ` +
      `there. If none is there any more, give the kinds, with every database that they have, to the stack: ${taking}`,
  ]);
}

const release = "meta.helm.sh/release-name";
const releaseNamespace = "meta.helm.sh/release-namespace";

const isOwn = ({ annotations = {} }: Definition["metadata"]) =>
  annotations[release] === platformKinds && annotations[releaseNamespace] === platformNamespace;

/** Commands that give kinds to a Helm release. */
export const commandsTaking = (names: readonly string[], name: string, namespace: string): string =>
  `kubectl label crd ${names.join(" ")} app.kubernetes.io/managed-by=Helm --overwrite && ` +
  `kubectl annotate crd ${names.join(" ")} ${release}=${name} ${releaseNamespace}=${namespace} --overwrite`;

/** Says whose a kind with these annotations is. */
export function whose(annotations: Readonly<Record<string, string>> = {}): string {
  const name = annotations[release];
  return name === undefined ? "not this stack's" : `of the Helm release ${name} in ${annotations[releaseNamespace]}`;
}
