/** Times to which an archive can be restored, as the plugin that archives has noted them. */
import { z } from "zod";
import type { ClusterDatabase } from "./cluster-database";

const store = z.object({
  status: z
    .object({
      serverRecoveryWindow: z
        .record(z.string(), z.object({ firstRecoverabilityPoint: z.string().optional() }))
        .optional(),
    })
    .optional(),
});

/** Resolves to the first such time of a server, in ISO 8601. Undefined if it is not noted. */
export async function firstMoment(
  { kubectl, namespace, name }: ClusterDatabase,
  server: string,
): Promise<string | undefined> {
  const resource = `objectstores.barmancloud.cnpg.io/${name}`;
  const text = await kubectl.run("get", "-n", namespace, resource, "--ignore-not-found", "-o", "json");
  if (text === "") return undefined;
  return store.parse(JSON.parse(text)).status?.serverRecoveryWindow?.[server]?.firstRecoverabilityPoint;
}
