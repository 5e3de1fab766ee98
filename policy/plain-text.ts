/** Addresses elsewhere to which something is sent in plain text. No URL is told: it may have a password. */
import type { Planned } from "./planned";

interface Env {
  readonly name: string;
  readonly value?: unknown;
}

/** Describes what a resource sends in plain text, and the remedy. Undefined if it sends nothing so. */
export function sentInPlainText(resource: Planned): string | undefined {
  const found = plainStore(resource) ?? plainSecret(resource);
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
  if (!values.some(([, value]) => isRedisElsewhere(value, namespace))) return undefined;
  return "has the address of a Redis elsewhere without TLS: who reads the way reads its password. Set a redisUrl with rediss://";
}

const isPlain = (value: unknown): boolean => typeof value === "string" && /^http:/i.test(value);

/** The stack's own Redis is in the same namespace: NAME.NAMESPACE. */
function isRedisElsewhere(value: unknown, namespace: string): boolean {
  if (typeof value !== "string" || !/^redis:/i.test(value) || !URL.canParse(value)) return false;
  return !new URL(value).hostname.endsWith(`.${namespace}`);
}

/** Variables of all containers in an object, at any depth. */
function variablesIn(value: unknown): Env[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "env" && Array.isArray(each) ? (each as Env[]) : variablesIn(each),
  );
}
