/** Destinations that a system's pods have, by the addresses in its configuration. */
import * as pulumi from "@pulumi/pulumi";
import type { Destinations } from "../kubernetes/network-isolation";
import type { StackArgs } from "./args";
import { controllerOf } from "./network-settings";
import type { Secrets } from "./secrets";
import type { CommonSettings } from "./settings";

/** Ports of URLs that name none, by their scheme. */
const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  s3: 443,
  gs: 443,
  oci: 443,
  ftp: 21,
  ftps: 990,
  ssh: 22,
  sftp: 22,
  smtp: 25,
  smtps: 465,
  ldap: 389,
  ldaps: 636,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  sqlserver: 1433,
  mssql: 1433,
  clickhouse: 9000,
  cassandra: 9042,
  mongodb: 27017,
  redis: 6379,
  rediss: 6379,
  valkey: 6379,
  valkeys: 6379,
  memcached: 11211,
  neo4j: 7687,
  bolt: 7687,
  amqp: 5672,
  amqps: 5671,
  kafka: 9092,
  nats: 4222,
  mqtt: 1883,
  mqtts: 8883,
  stomp: 61613,
  pulsar: 6650,
};

/** Schemes of URLs to which nothing connects. */
const local = ["file", "unix", "sqlite", "memory"];

interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Returns the destinations of URLs among the texts. A host of the cluster, such as `prometheus.monitoring`, stands for its
 * namespace, since the pods of a Service have ports of their own.
 */
export const destinationsOf = (texts: readonly string[]): Destinations => destinationsAt(texts.flatMap(addressesIn));

const destinationsAt = (addresses: readonly Address[]): Destinations => ({
  ports: unique(addresses.flatMap(({ port }) => port ?? [])),
  namespaces: unique(addresses.flatMap(({ scheme, host }) => namespaceIn(host, scheme) ?? [])),
});

/** Addresses of a URL, which may list several hosts. None for other texts. */
function addressesIn(text: string): Address[] {
  const [, protocol, authority] = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/([^/?#;\s]+)/i.exec(text) ?? [];
  if (protocol === undefined) return [];
  const scheme = protocol.toLowerCase().split("+")[0]!;
  if (local.includes(scheme)) return [];
  const hosts = authority!.slice(authority!.lastIndexOf("@") + 1).split(",");
  return hosts.map(partsOf).map(({ host, port = defaultPorts[scheme] }) => ({ scheme, host, port }));
}

function partsOf(text: string): Omit<Address, "scheme"> {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(text)!;
  return { host: host!, port: port === undefined ? undefined : Number(port) };
}

/** NAME.NAMESPACE.svc and what follows it, or NAME.NAMESPACE, which with HTTPS is rather a name of the internet. */
function namespaceIn(host: string, scheme: string): string | undefined {
  const [, namespace, service, ...others] = host.toLowerCase().split(".");
  if (service === undefined) return scheme !== "https" && isName(namespace) ? namespace : undefined;
  const isInside = service === "svc" && ["", "cluster.local"].includes(others.join("."));
  return isInside && isName(namespace) ? namespace : undefined;
}

const isName = (text: string | undefined) => text !== undefined && /^[a-z][a-z0-9-]*$/.test(text);

/**
 * Destinations of all pods that connect to anybody. They are no secret, even if the addresses are. Warns of addresses
 * whose port is not known.
 */
export function outsideOf(system: string, settings: CommonSettings, secrets: Secrets): pulumi.Output<Destinations> {
  const { network, ingress } = settings;
  const configured = addressesOf(settings);
  return pulumi.unsecret(
    pulumi.all(secrets).apply((values) => {
      const named = [...configured, ...Object.entries(values).flatMap(([key, value]) => at(key, addressesIn(value)))];
      warnOfPorts(system, named);
      const { ports, namespaces } = destinationsAt(named.map(([, address]) => address));
      return {
        ports: unique([...network.outside, ...ports]),
        namespaces: unique([
          ...namespaces,
          // A request to the system's own users' URL may lead to the controller's pods without leaving the cluster.
          ...(ingress ? [controllerOf(ingress)] : []),
        ]),
      };
    }),
  );
}

/** Address with the key that has it. */
type Named = readonly [key: string, address: Address];

const at = (key: string, addresses: readonly Address[]): Named[] => addresses.map((address) => [key, address]);

/** Addresses in the settings: URLs in any key, and those that are HOST:PORT or have a key for each. */
function addressesOf(settings: CommonSettings): Named[] {
  const { checks, postgres } = settings;
  return [
    ...textsIn(settings).flatMap(([key, text]) => at(key, addressesIn(text))),
    ...Object.entries(checks).flatMap(([name, check]) =>
      "tcp" in check ? at(`checks.${name}.tcp`, [{ scheme: "tcp", ...partsOf(check.tcp) }]) : [],
    ),
    ...(postgres.engine === "external"
      ? at("postgres.host", [{ scheme: "postgresql", host: postgres.host, port: postgres.port }])
      : []),
  ];
}

/** Warns once for each key. Neither the address nor its scheme is repeated, for it may be a secret. */
function warnOfPorts(system: string, named: readonly Named[]): void {
  for (const key of unique(named.flatMap(([key, { port }]) => (port === undefined ? [key] : []))))
    void pulumi.log.warn(
      `${system}:${key} is an address without a port, and its scheme has no usual one that Runsheet knows, so the network ` +
        `policies refuse it unless its port is in ${system}:network.outside; add it to the address, as in HOST:PORT, or there`,
    );
}

/** Further destinations of databases and Jobs: the object store, and the Prometheus that is asked about a release. */
export const operationsOf = ({ backups, prometheus }: Pick<StackArgs, "backups" | "prometheus">): Destinations =>
  destinationsOf([backups?.store.endpoint, backups?.movedFrom, prometheus?.url].filter((each) => each !== undefined));

/** Lists the texts within a value, each with its key. */
const textsIn = (value: unknown, path: readonly string[] = []): (readonly [key: string, text: string])[] =>
  typeof value === "string"
    ? [[path.join("."), value]]
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, each]) => textsIn(each, [...path, key]))
      : [];

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
