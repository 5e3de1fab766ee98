/** Kinds of CloudNativePG in the cluster: those of others are found before Helm refuses to own them. */
import { platformKinds, platformNamespace } from "../components/platform/versions";
import type { Cluster } from "./cluster";
import { kindsOfOthers } from "./kinds";
import { refusal } from "./refusal";

const groups = ["postgresql.cnpg.io", "barmancloud.cnpg.io"];

/**
 * Checks that the kinds of CloudNativePG and of its plugin are the stack's, or not there, if the stack is to install them.
 * @throws RunError that names them, and the ways out
 */
export async function refuseOperatorsOfOthers(
  cluster: Cluster,
  { install }: { readonly install: boolean },
): Promise<void> {
  if (!install) return;
  const foreign = await kindsOfOthers(cluster, groups, { name: platformKinds, namespace: platformNamespace });
  if (!foreign) return;
  throw refusal("the cluster has CloudNativePG already", [
    `the kinds ${foreign.names} are ${foreign.whose}: set runsheet:platform.install to false to use the operator that is ` +
      `there. If none is there any more, give the kinds, with every database that they have, to the stack: ${foreign.taking}`,
  ]);
}
