/**
 * Record of drift in a system's database, in its namespace. Only a task in the cluster reaches the database, so `npm run
 * drift` asks there and leaves what it found: the next `up` then does the tasks again that check it, and mend what they can.
 */
import { z } from "zod";

/** Name of the ConfigMap. */
export const driftRecord = "drift";

const recorded = z.object({ found: z.string().min(1) });

/** Path of a namespace's record in the Kubernetes API. */
export const driftRecordPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${driftRecord}`;

/**
 * Returns the ID of the drift that was found last, also if it is mended: what was done for it is not done again. Undefined
 * if none was ever found.
 */
export function driftIn(
  configMap: { readonly data?: Readonly<Record<string, string>> } | undefined,
): string | undefined {
  return recorded.safeParse(configMap?.data).data?.found;
}
