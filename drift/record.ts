/** Record of drift in the databases, for the next `up`: see components/system/drift-record.ts. */
import { driftRecord, driftRecordPath } from "../components/system/drift-record";
import { manager, type Client } from "./checks";
import type { Finding } from "./finding";

interface Recorded {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Records for a system what its checks have found. Drift that is still the same keeps its ID; without any, the last ID
 * stays, for what was done about it is done. Nothing is written where nothing was ever found.
 * @param id ID of what is new
 * @throws Error if the API server refuses it
 */
export async function record(
  namespace: string,
  failed: readonly Finding[],
  { read, patch }: Client,
  id: string,
): Promise<void> {
  const path = driftRecordPath(namespace);
  const { data: last } = (await read<Recorded>(path)) ?? {};
  const open = failed.map(({ name, message }) => `${name}: ${message}`).join("\n");
  if (open === (last?.open ?? "")) return;
  const found = open === "" ? last!.found! : id;
  await patch(`${path}?fieldManager=${manager}&force=true`, "application/apply-patch+yaml", {
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: driftRecord, namespace } },
    data: { found, open },
  });
}
