/**
 * Admission webhooks of operators. While a webhook does not respond, the API server rejects changes to its operator's
 * objects.
 */
import { connect } from "node:net";
import { get } from "./api";

interface Service {
  namespace: string;
  name: string;
  /** Port of the service. Default: 443. */
  port?: number;
}

interface Configurations {
  items: { webhooks?: { clientConfig: { service?: Service } }[] }[];
}

/** Returns the services behind the webhooks of the configurations, without duplicates. */
export function servicesOf(configurations: readonly Configurations[]): Required<Service>[] {
  const services = configurations
    .flatMap(({ items }) => items)
    .flatMap(({ webhooks = [] }) => webhooks)
    .flatMap(({ clientConfig: { service } }) => service ?? [])
    .map(({ namespace, name, port = 443 }) => ({ namespace, name, port }));
  return [...new Map(services.map((service) => [JSON.stringify(service), service])).values()];
}

/** Returns the webhook services that accept no connection, as NAMESPACE/NAME. */
export async function silentWebhooks(): Promise<string[]> {
  const path = "/apis/admissionregistration.k8s.io/v1";
  const kinds = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
  const configurations = await Promise.all(kinds.map((kind) => get<Configurations>(`${path}/${kind}`)));
  const services = servicesOf(configurations);
  const answers = await Promise.all(services.map(accepts));
  return services.filter((_, index) => !answers[index]).map(({ namespace, name }) => `${namespace}/${name}`);
}

async function accepts({ namespace, name, port }: Required<Service>): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  const found = await get<{ spec: { clusterIP: string } }>(path).catch(() => undefined);
  if (!found) return false; // an interrupted destroy may leave a webhook without its service
  return new Promise((resolve) => {
    const socket = connect({ host: found.spec.clusterIP, port, timeout: 2000 });
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
