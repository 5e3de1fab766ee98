/** Questions about the two logins of a database that exists: the direct one and the application's. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { connectPostgres, type Variables } from "../../postgres/in-pod/client";
import type { ConnectionsCheck, LoginsCheck } from "../check";

/** Login, and its key of the configuration. */
interface Login {
  readonly key: string;
  readonly variables: Variables;
}

const prefix = "APPLICATION_";

/** Variables of the application's login: those of the process that begin with APPLICATION_, without that. */
export function applicationVariables(): Variables {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PG"));
  return Object.fromEntries(
    own.map(([name, value]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, value]),
  );
}

function logins(): { readonly direct: Login; readonly application: Login } {
  const application = { key: "databaseUrl", variables: applicationVariables() };
  const direct = { key: "databaseDirectUrl", variables: process.env };
  return { direct: isSame(direct, application) ? application : direct, application };
}

function isSame({ variables: one }: Login, { variables: other }: Login): boolean {
  const names = Object.keys({ ...one, ...other }).filter((name) => name.startsWith("PG") && name !== "PGSSLROOTCERT");
  return names.every((name) => one[name] === other[name]);
}

/** Answers a question. Undefined if the answer is the expected one. */
export function askLogins(check: LoginsCheck): Promise<string | undefined> {
  switch (check.logins) {
    case "answer":
      return answer();
    case "keep their session":
      return keepsSession(logins().direct);
    case "lead to one database":
      return leadToOne();
    case "find connections":
      return findConnections(check);
  }
}

/** Time in which a query is answered, in seconds: it may have to wait for a pooler's connection. */
const querySeconds = 60;

async function connected<Result>({ variables }: Login, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await connectPostgres({ query_timeout: querySeconds * 1000 }, variables);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function only<Row>(client: Client, text: string, values: readonly unknown[] = []): Promise<Row> {
  return (await client.query(text, [...values])).rows[0] as Row;
}

/** Time in which a database answers, in seconds: one that is suspended when idle has to be started. */
const startSeconds = 60;

async function answer(): Promise<string | undefined> {
  const { direct, application } = logins();
  for (const login of new Set([direct, application])) {
    const failure = await answers(login, Date.now() + startSeconds * 1000);
    if (failure !== undefined) return `${login.key}: ${failure}`;
  }
  return undefined;
}

async function answers(login: Login, end: number): Promise<string | undefined> {
  try {
    const state = await connected(login, (client) =>
      only<{ replica: boolean }>(client, "SELECT pg_is_in_recovery() AS replica"),
    );
    return state.replica ? "this is a replica, in which nothing can be written" : undefined;
  } catch (error) {
    const { message } = error as Error;
    if (isRefused(error as Error) || Date.now() >= end) return message;
    await sleep(1000);
    return answers(login, end);
  }
}

/** Tells whether the login or a name is wrong. It stays wrong, and poolers lock out who tries again and again. */
const isRefused = ({ code = "", message }: { readonly code?: string; readonly message: string }) =>
  /^(28|3D)/.test(code) || /authentication failed|no such (user|database)|not found/i.test(message);

/** Rounds of the probe. Without other clients the first one tells; among many, all of them together. */
const rounds = 20;

/**
 * Tells whether a login keeps its session from one transaction to the next. A pooler in transaction mode gives a
 * connection away after each one: soon two sessions have the same server process, or one has another than before.
 */
async function keepsSession(login: Login): Promise<string | undefined> {
  return connected(login, (one) =>
    connected(login, async (other) => {
      const seen = new Map<Client, number>();
      for (let round = 0; round < rounds; round++) {
        // A pooler may use its connections in turn: two clients in turn could then get the same ones again and again.
        for (const client of [one, other, other, one]) {
          const { pid } = await only<{ pid: number }>(client, "SELECT pg_backend_pid() AS pid");
          if (seen.get(client === one ? other : one) === pid || (seen.get(client) ?? pid) !== pid)
            return `${login.key} leads through a pooler in transaction mode, which gives a session's connection away after each transaction`;
          seen.set(client, pid);
        }
      }
      return undefined;
    }),
  );
}

/** Compares the databases by a lock: nobody sees it but in the same database of the same running server. */
async function leadToOne(): Promise<string | undefined> {
  const { direct, application } = logins();
  if (direct === application) return undefined;
  const lock = randomInt(2 ** 47);
  const isFree = await connected(direct, async (client) => {
    await client.query("BEGIN");
    await client.query(`SELECT pg_advisory_xact_lock(${lock})`);
    const { free } = await connected(application, (other) =>
      only<{ free: boolean }>(other, `SELECT pg_try_advisory_xact_lock(${lock}) AS free`),
    );
    return free;
  });
  if (!isFree) return undefined;
  const place = ({ variables: { PGHOST, PGPORT, PGDATABASE } }: Login) => `${PGDATABASE} at ${PGHOST}:${PGPORT}`;
  return `databaseUrl leads to ${place(application)}, and databaseDirectUrl to ${place(direct)}: these are two databases`;
}

/**
 * Counts the server's connections that are free for the role $1, and those that the role may have. What a background
 * process is, only members of pg_monitor see.
 */
const freeConnections = `
  SELECT others::int, nullif(rolconnlimit, -1) AS limit, least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0) - others,
    (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
  )::int AS free
  FROM pg_roles, (
    SELECT count(*) AS others FROM pg_stat_activity
    WHERE usename <> $1 AND datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
  ) AS busy
  WHERE rolname = $1`;

interface Connections {
  readonly free: number;
  readonly others: number;
  readonly limit: number | null;
}

/** Compares the connections that are free with those that the pods open, unless a pooler opens them. */
async function findConnections({ pods, each, ours }: ConnectionsCheck): Promise<string | undefined> {
  const { direct, application } = logins();
  const pooled = direct !== application && (await keepsSession(application)) !== undefined;
  const { role } = await connected(application, (client) =>
    only<{ role: string }>(client, "SELECT current_user AS role"),
  );
  const { free, others, limit } = await connected(direct, (client) =>
    only<Connections>(client, freeConnections, [role]),
  );
  const ofPods = pooled ? 0 : pods * each * 2;
  const said = pooled ? "" : `${each} x ${pods} pods x 2 during rollouts`;
  if (ofPods > (limit ?? ofPods)) return `needs ${ofPods} connections (${said}); the role ${role} may have ${limit}`;
  if (ofPods + ours <= free) return undefined;
  return `needs ${ofPods + ours} connections (${said ? `${said}, + ` : ""}${ours} for migrations, dumps and checks); ${free} are free, beside ${others} that others hold`;
}
