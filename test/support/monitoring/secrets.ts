import { kubectl, systems } from "../cluster";
import { monitoringNamespace } from "./servers";

/** Values of all Secrets of the systems and of the monitoring that are secret. */
export async function secretsOfStack(): Promise<{ name: string; value: string }[]> {
  const all = await Promise.all(
    [...systems, monitoringNamespace].map(async (namespace) => {
      const { items } = JSON.parse(await kubectl("get", "secrets", "-n", namespace, "-o", "json")) as {
        readonly items: readonly { metadata: { name: string }; data?: Record<string, string> }[];
      };
      return items.flatMap(({ metadata, data = {} }) =>
        Object.entries(data)
          .filter(
            ([key]) => /password|secret|token|key$|uri|apikey|api-key|webhook/i.test(key) && !key.endsWith(".key"),
          )
          .map(([key, encoded]) => ({
            name: `${namespace}/${metadata.name}.${key}`,
            value: Buffer.from(encoded, "base64").toString(),
          })),
      );
    }),
  );
  return all.flat().filter(({ value }) => value.length >= 8);
}
