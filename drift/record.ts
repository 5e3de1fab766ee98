/** Record of drift in the databases, for the next `up`: see components/system/drift-record.ts. */
import type { ClusterClient } from "../components/kubernetes/kubeconfig";
import { driftIn, driftRecord, driftRecordPath } from "../components/system/drift-record";
import type { Finding } from "./finding";
import { manager } from "./job";

interface Recorded {
  readonly data?: Readonly<Record<string, string>>;
}

const keys = ["found", "open"];

/**
 * Records for a system what its checks have found. Drift that is still the same keeps its ID; without any, the last ID
 * stays, for what was done about it is done. Nothing is written where nothing was ever found.
 * @param id ID of what is new
 * @throws Error if the API server refuses it, or another tool has an object of that name
 */
export async function record(
  namespace: string,
  failed: readonly Finding[],
  { read, patch }: ClusterClient,
  id: string,
): Promise<void> {
  const path = driftRecordPath(namespace);
  const there = (await read<Recorded>(path)) ?? {};
  const foreign = Object.keys(there.data ?? {}).filter((key) => !keys.includes(key));
  if (foreign.length > 0)
    throw new Error(
      `the ConfigMap ${namespace}/${driftRecord} is another tool's, for it has ${foreign.join(", ")}: ` +
        "give it another name; without the record up does not know what to mend",
    );
  const last = driftIn(there);
  const open = failed.map(({ name, message }) => `${name}: ${message}`).join("\n");
  const isRecorded = open === (there.data?.open ?? "") && (open === "" || last !== undefined);
  if (isRecorded) return;
  await patch(`${path}?fieldManager=${manager}&force=true`, "application/apply-patch+yaml", {
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: driftRecord, namespace } },
    data: { found: open === "" ? (last ?? id) : id, open },
  });
}
