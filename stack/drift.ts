/** Drift that an `up` mends: edits by hand of the stack's objects, and what was found in the systems' databases. */
import * as pulumi from "@pulumi/pulumi";
import { clusterWriter } from "../components/kubernetes/kubeconfig";
import { editedIn, takingBack, type Edited } from "../components/kubernetes/take-back";
import { platformNamespace } from "../components/platform/versions";
import { driftIn, driftRecordPath } from "../components/system/drift-record";
import type { Cluster } from "./cluster";
import type { Configuration } from "./config";
import type { ConfiguredSystem } from "./configured-system";
import { monitoringNamespacesOf } from "./monitoring";
import { namespaceOf } from "./namespaces";

/** Lists all namespaces that a stack has objects in. */
export const namespacesOf = ({ systems, namespacePrefix, monitoring }: StackNamespaces): string[] => [
  ...systems.map((configured) => namespaceOf(configured, namespacePrefix)),
  platformNamespace,
  ...monitoringNamespacesOf(monitoring),
];

type StackNamespaces = Pick<Configuration, "systems" | "namespacePrefix" | "monitoring">;

/** Returns the IDs of the drift that was found last in the databases, by system. Those without any are absent. */
export async function driftInDatabases(
  systems: readonly ConfiguredSystem[],
  prefix: string,
  cluster: Cluster | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    systems.map(async (configured) => {
      const id = driftIn(await cluster?.read(driftRecordPath(namespaceOf(configured, prefix))));
      return id === undefined ? [] : [[configured.system.name, id] as const];
    }),
  );
  return new Map(found.flat());
}

/**
 * Returns the transformation that takes back what people have changed by hand in these namespaces, and says what that is.
 * Empty if nobody has. A cluster whose lists may not be read gets a warning.
 */
export async function takenBack(
  { read }: Cluster,
  namespaces: readonly string[],
  context: string,
): Promise<pulumi.ResourceTransformation[]> {
  let edited: Edited[];
  try {
    edited = await editedIn(namespaces, read);
  } catch (error) {
    await pulumi.log.warn(`edits by hand are not looked for: ${(error as Error).message}`);
    return [];
  }
  const say = (object: Edited) => void pulumi.log.warn(words(object));
  return edited.length > 0 ? [takingBack(edited, () => clusterWriter(context), say)] : [];
}

function words({ kind, metadata: { namespace, name }, when, fields }: Edited): string {
  const managers = [...new Set(fields.map(({ manager }) => manager))].join(", ");
  const paths = fields.map(({ path }) => path).join(", ");
  return `the ${kind} ${namespace}/${name} was changed by hand (${managers}, ${when}), which is taken back: ${paths}`;
}
