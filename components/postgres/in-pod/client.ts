/** PostgreSQL client of programs in pods. */
import { readFileSync } from "node:fs";
import { Client, type ClientConfig } from "pg";

/** Variables of libpq's programs, PG*. */
export type Variables = Readonly<NodeJS.ProcessEnv>;

type Tls = ClientConfig["ssl"];

/**
 * Connects with the PG* variables, which mean what they mean to libpq.
 * @param variables default: the process's own
 * @throws Error if the server cannot be reached, or refuses the login
 */
export async function connectPostgres(config: ClientConfig, variables: Variables = process.env): Promise<Client> {
  const { PGSSLMODE: mode, PGCONNECT_TIMEOUT: seconds } = variables;
  const connectionTimeoutMillis = Number(seconds ?? 0) * 1000 || config.connectionTimeoutMillis;
  const connect = (ssl: Tls) => connected({ ...config, connectionTimeoutMillis, ssl }, variables);
  if (mode !== "prefer" && mode !== "allow") return connect(tlsOf(mode, variables.PGSSLROOTCERT));
  return connect({ rejectUnauthorized: false }).catch((error: Error) => {
    if (!error.message.includes("does not support SSL")) throw error;
    return connect(false);
  });
}

async function connected(config: ClientConfig, variables: Variables): Promise<Client> {
  const client = clientOf(config, variables);
  requireAuthentication(client, variables.PGREQUIREAUTH);
  // The query that is running fails; without a listener the program would end.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Creates a client. The pg package reads the variables of the process meanwhile, and only then. */
function clientOf(config: ClientConfig, variables: Variables): Client {
  const own = process.env;
  process.env = variables;
  try {
    return new Client(config);
  } finally {
    process.env = own;
  }
}

const requests = { authenticationCleartextPassword: "password", authenticationMD5Password: "md5" };

/** Makes the login fail, without an answer to the server, if it asks for the password in another way than `required`. */
function requireAuthentication(client: Client, required: string | undefined): void {
  if (!required) return;
  const methods = required.split(",");
  const isAllowed = (method: string) =>
    required.startsWith("!") ? !methods.includes(`!${method}`) : methods.includes(method);
  for (const [event, method] of Object.entries(requests).filter(([, method]) => !isAllowed(method)))
    client.connection.once(event, () => {
      const remedy = `to allow it, set postgres.requireAuth, or end the URL of a database that exists with require_auth=${method}`;
      const message = `the server asks for the password by ${method}, and not by ${required}; ${remedy}`;
      Object.assign(client, { password: () => Promise.reject(new Error(message)) });
    });
}

/** Returns the TLS options of a mode. For the pg package `require` would mean `verify-full`. */
function tlsOf(mode: string | undefined, rootCertificate: string | undefined): Tls {
  if (mode === undefined) return undefined;
  if (mode === "disable") return false;
  const ca = rootCertificate && rootCertificate !== "system" ? readFileSync(rootCertificate, "utf8") : undefined;
  if (mode === "verify-full") return { ca };
  // With a certificate authority, libpq verifies it for `require` too.
  return mode === "verify-ca" || ca ? { ca, checkServerIdentity: () => undefined } : { rejectUnauthorized: false };
}
