/** Values of the Secrets in the lab. */
import { kubectl, systems } from "../cluster";
import { monitoringNamespace } from "./servers";

interface SecretValue {
  readonly secret: string;
  readonly key: string;
  readonly value: string;
}

async function valuesIn(namespace: string): Promise<SecretValue[]> {
  const { items } = JSON.parse(await kubectl("get", "secrets", "-n", namespace, "-o", "json")) as {
    readonly items: readonly { metadata: { name: string }; data?: Record<string, string> }[];
  };
  return items.flatMap(({ metadata, data = {} }) =>
    Object.entries(data).map(([key, encoded]) => ({
      ...{ secret: metadata.name, key },
      value: Buffer.from(encoded, "base64").toString(),
    })),
  );
}

/** Value of a key that one Secret of a namespace has. */
export async function secretOf(namespace: string, wanted: string): Promise<string> {
  const found = (await valuesIn(namespace)).find(({ key }) => key === wanted);
  if (!found) throw new Error(`no Secret of ${namespace} has the key ${wanted}`);
  return found.value;
}

/** Values of all Secrets of the systems and of the monitoring that are secret. */
export async function secretsOfStack(): Promise<{ name: string; value: string }[]> {
  const all = await Promise.all(
    [...systems, monitoringNamespace].map(async (namespace) =>
      (await valuesIn(namespace))
        .filter(
          ({ key }) => /password|secret|token|key$|uri|apikey|api-key|webhook/i.test(key) && !key.endsWith(".key"),
        )
        .map(({ secret, key, value }) => ({ name: `${namespace}/${secret}.${key}`, value })),
    ),
  );
  return all.flat().filter(({ value }) => value.length >= 8);
}
