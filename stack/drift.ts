/** Drift that an `up` mends: edits by hand of the stack's objects, and what was found in the systems' databases. */
import * as pulumi from "@pulumi/pulumi";
import { keepingSizes, type Kept } from "../components/kubernetes/enlarged-volumes";
import { clusterWriter } from "../components/kubernetes/kubeconfig";
import { inAcceptedUnit } from "../components/kubernetes/quantity";
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
 * Returns the transformations for what people have changed by hand in these namespaces, and says what that is: it is taken
 * back, but for the sizes of volumes, which cannot shrink. A cluster whose lists may not be read gets a warning.
 */
export async function takenBack(
  { read }: Cluster,
  namespaces: readonly string[],
  context: string,
): Promise<pulumi.ResourceTransformation[]> {
  const say = (text: string) => void pulumi.log.warn(text);
  try {
    const [sizes, edited] = await Promise.all([
      keepingSizes(namespaces, read, (claim) => say(keptWords(claim))),
      editedIn(namespaces, read),
    ]);
    const takingEdits = takingBack(
      edited,
      () => clusterWriter(context),
      (object) => say(words(object)),
    );
    // It comes last, for it makes an object's metadata an output.
    return [...sizes, ...(edited.length > 0 ? [takingEdits] : [])];
  } catch (error) {
    await pulumi.log.warn(`edits by hand are not looked for: ${(error as Error).message}`);
    return [];
  }
}

const keptWords = ({ namespace, name, size, declared }: Kept) =>
  `the PersistentVolumeClaim ${namespace}/${name} has ${size}, which stays, for a volume cannot shrink to the ${declared} of the configuration: set ${inAcceptedUnit(size)} there`;

function words({ kind, metadata: { namespace, name }, when, fields }: Edited): string {
  const managers = [...new Set(fields.map(({ manager }) => manager))].join(", ");
  const paths = fields.map(({ path }) => path).join(", ");
  return `the ${kind} ${namespace}/${name} was changed by hand (${managers}, ${when}), which is taken back: ${paths}`;
}
