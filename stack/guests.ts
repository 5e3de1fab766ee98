/** Namespaces of others, which the stack uses and neither makes nor deletes (`SYSTEM:namespace.create: false`). */
import { isSameOwner, ownerIn, type Owner } from "../components/kubernetes/owner";
import { recordPath } from "../components/system/live-database";
import type { Cluster } from "./cluster";
import { refusal } from "./refusal";

/** Namespace that a system uses as a guest. */
export interface Guest {
  readonly system: string;
  readonly namespace: string;
}

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/**
 * Checks that the namespaces exist, are not the stack's own, and have no system of another stack.
 * @throws RunError that lists all that are not so
 */
export async function refuseUnfitGuests({ read }: Cluster, guests: readonly Guest[], owner: Owner): Promise<void> {
  const problems = await Promise.all(
    guests.map(async ({ system, namespace }) => {
      const [found, record] = await Promise.all([
        read<Labelled>(`/api/v1/namespaces/${namespace}`),
        read<Labelled>(recordPath(namespace)),
      ]);
      const problem = unfit(found, record, owner, `${system}:namespace`);
      return problem === undefined ? [] : [`the namespace ${namespace} ${problem}`];
    }),
  );
  if (problems.flat().length > 0) throw refusal("namespaces cannot be used as they are", problems.flat());
}

function unfit(found: Labelled | undefined, record: Labelled | undefined, own: Owner, key: string): string | undefined {
  if (!found) return `does not exist, and ${key}.create is false: create it, or set ${key}.create to true`;
  const owner = ownerIn(found.metadata.labels);
  if (isSameOwner(owner, own))
    return `was made by this stack, and ${key}.create is false, which would delete it with everything in it: set ${key}.create to true`;
  const other = owner ?? ownerIn(record?.metadata.labels);
  if (other && !isSameOwner(other, own))
    return `has a system of the stack ${other.stack} of the project ${other.project}: set ${key}.name to another one`;
  return undefined;
}
