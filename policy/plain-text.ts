/** Addresses elsewhere to which something is sent in plain text. No URL is told: it may have a password. */
import type { Planned } from "./planned";

interface Env {
  readonly name: string;
  readonly value?: unknown;
}

/** Describes what a resource sends in plain text, and the remedy. Undefined if it sends nothing so. */
export function sentInPlainText(resource: Planned): string | undefined {
  const found = plainStore(resource) ?? plainSecret(resource) ?? plainReceiver(resource);
  return found && `${resource.name} ${found}`;
}

function plainStore({ type, props }: Planned): string | undefined {
  const endpoints =
    type === "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"
      ? [(props.spec as { configuration?: { endpointURL?: unknown } }).configuration?.endpointURL]
      : variablesIn(props).flatMap(({ name, value }) => (name === "STORE_ENDPOINT" ? [value] : []));
  if (!endpoints.some(isPlain)) return undefined;
  return "sends backups to the object store without TLS, and the keys' signatures with them. Set an endpoint with https:// in runsheet:backups";
}

function plainSecret({ type, props }: Planned): string | undefined {
  if (type !== "kubernetes:core/v1:Secret") return undefined;
  const { namespace = "" } = props.metadata as { readonly namespace?: string };
  const values = Object.entries((props.stringData ?? {}) as Record<string, unknown>);
  const key = values.find(([key, value]) => /(webhook[_-]?url|dsn)$/i.test(key) && isPlain(value))?.[0];
  if (key !== undefined)
    return `has an address without TLS in ${key}: who reads the way reads the messages. Set one with https://`;
  const { sslmode } = Object.fromEntries(values);
  if (["disable", "allow", "prefer"].includes(sslmode as string))
    return `logs in to a PostgreSQL elsewhere with sslmode=${sslmode as string}: who reads the way reads the data. ${verifying}`;
  if (!values.some(([, value]) => isRedisElsewhere(value, namespace))) return undefined;
  return "has the address of a Redis elsewhere without TLS: who reads the way reads its password. Set a redisUrl with rediss://";
}

function plainReceiver({ type, props }: Planned): string | undefined {
  if (!type.endsWith(":AlertmanagerConfig")) return undefined;
  const fields = fieldsIn(props.spec);
  if (fields.some(([key, value]) => /url$/i.test(key) && isPlain(value)))
    return "sends alerts to an address without TLS: who reads the way reads them, and their key. Set one with https:// in runsheet:monitoring.receivers";
  if (!fields.some(([key, value]) => key === "requireTLS" && value === false)) return undefined;
  return "sends alerts by mail without TLS, and the login to its server. Set runsheet:monitoring.receivers.email.requireTls to true";
}

const verifying =
  "Set the system's postgres.sslMode to verify-full, or in databaseUrl sslmode=verify-full; with an authority of its own, postgres.ca";

/** Describes a login that is sent encrypted to a server that nobody has verified. Undefined if there is none. */
export function sentToAnybody({ name, type, props }: Planned): string | undefined {
  const { sslmode, ...keys } = (props.stringData ?? {}) as Record<string, unknown>;
  // With an authority, libpq and pg verify it for `require` too.
  if (type !== "kubernetes:core/v1:Secret" || sslmode !== "require" || "ca.crt" in keys) return undefined;
  return `${name} logs in to a PostgreSQL elsewhere with sslmode=require, which believes any server. ${verifying}`;
}

const isPlain = (value: unknown): boolean => typeof value === "string" && /^http:/i.test(value);

/** The stack's own Redis is in the same namespace: NAME.NAMESPACE. */
function isRedisElsewhere(value: unknown, namespace: string): boolean {
  if (typeof value !== "string" || !/^redis:/i.test(value) || !URL.canParse(value)) return false;
  return !new URL(value).hostname.endsWith(`.${namespace}`);
}

/** Fields of an object that have a plain value, at any depth. */
function fieldsIn(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    typeof each === "object" ? fieldsIn(each) : [[key, each] as [string, unknown]],
  );
}

/** Variables of all containers in an object, at any depth. */
function variablesIn(value: unknown): Env[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "env" && Array.isArray(each) ? (each as Env[]) : variablesIn(each),
  );
}
