/** PostgreSQL connections of the application, and the translation of their errors for clients. */
import { Pool, type PoolClient } from "pg";
import { ActingAs, type ActingRoles } from "./acting-as";
import { HttpError, Unavailable } from "./http";
import { errorMessage, type Log } from "./log";
import { within } from "./time";

/** Runs one statement and returns its rows. */
export type Query = <Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Database as somebody may use it. */
export interface Access {
  query: Query;
  /** Runs `work` in one transaction. Commits when it returns, rolls back when it throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** Database as the application itself may use it. */
export interface Database extends Access {
  /** Returns the database as a signed-in user may use it: row security leaves them what is theirs. */
  as(user: string): Access;
  /** Runs SELECT 1 with a time limit of 2 seconds. Throws an error with the cause. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Rejection of a value that violates a constraint of the database. */
export class Refused extends HttpError {
  constructor(
    message: string,
    readonly constraint: string,
    field?: string,
  ) {
    super(400, `The database refuses this (${message}).`, field);
  }

  /** Returns a copy that names the request's field for the constraint. `fields` maps constraints to fields. */
  naming(fields: Readonly<Record<string, string>>): Refused {
    return Object.assign(new Refused("", this.constraint, fields[this.constraint]), { message: this.message });
  }
}

export interface DatabaseLimits {
  /** Maximum number of connections. Default: 5. */
  connections?: number;
  /** Time limit for opening a connection or waiting for a free one, in milliseconds. Default: 2000. */
  connectMilliseconds?: number;
  /** Time limit of a statement, in milliseconds. Default: 10 000. */
  statementMilliseconds?: number;
}

/**
 * Default time limit of a statement, in milliseconds. Only a statement that waits for a lock takes as long. The client
 * then gets an error.
 */
const statementLimit = 10_000;
const checkLimit = 2_000;

/**
 * Opens connections on demand. Without a URL every use throws Unavailable. The next use replaces a broken connection,
 * because the database may fail over at any time.
 * @param roles roles that are set for each query and transaction. Default: none, the login has the rights
 */
export function openDatabase(
  url: string | undefined,
  log: Log,
  limits: DatabaseLimits = {},
  roles?: ActingRoles,
): Database {
  if (!url) return noDatabase;
  const pool = new Pool({
    connectionString: asLibpqReadsIt(url),
    max: limits.connections ?? 5,
    connectionTimeoutMillis: limits.connectMilliseconds ?? checkLimit,
    query_timeout: limits.statementMilliseconds ?? statementLimit,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: "stand-in",
  });
  pool.on("error", (error) => log("database connection lost", { error: errorMessage(error) }));

  const acting = new ActingAs(pool, roles);
  const explained = async <T>(ask: Promise<T>): Promise<T> => {
    try {
      return await ask;
    } catch (error) {
      throw explain(error);
    }
  };
  const access = (user?: string): Access => {
    const transaction = async <T>(work: (query: Query) => Promise<T>) =>
      inTransaction(pool, (await acting.begin(user)) ?? "BEGIN", work);
    const query = async <Row>(sql: string, values: readonly unknown[] = []) => {
      const begin = await acting.begin(user);
      return begin === undefined
        ? rowsOf<Row>(await pool.query(sql, [...values]))
        : inTransaction(pool, begin, (query) => query<Row>(sql, values));
    };
    return {
      query: (sql, values) => explained(query(sql, values)),
      transaction: (work) => explained(transaction(work)),
    };
  };
  return {
    ...access(),
    as: access,
    check: () => within(checkLimit, "SELECT 1", pool.query("SELECT 1")).then(() => undefined),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: Pool, begin: string, work: (query: Query) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await pool.connect();
    const connected = client;
    await connected.query(begin);
    const result = await work(async (sql, values = []) => rowsOf(await connected.query(sql, [...values])));
    await connected.query("COMMIT");
    return result;
  } catch (error) {
    await client?.query("ROLLBACK").catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client?.release(broken);
  }
}

/** Returns the rows with the type that the caller states. It is not verified. */
const rowsOf = <Row>(result: { rows: unknown[] }) => result.rows as Row[];

/** SQLSTATEs of a missing table, a missing column, and a missing constraint for ON CONFLICT. */
const lacksSomething = new Set(["42P01", "42703", "42P10"]);

/** Translates PostgreSQL errors that a client can act on. Other errors are returned unchanged and become a 500. */
function explain(error: unknown): unknown {
  if (error instanceof HttpError) return error;
  const { code = "", constraint = "" } = error as { code?: string; constraint?: string };
  const message = errorMessage(error);
  if (lacksSomething.has(code)) {
    const why = "the schema is at an earlier target. It works again when the schema is migrated";
    return new Unavailable(`The database lacks what this needs (${message}): ${why}.`);
  }
  if (code === "42501" && message.includes("row-level security"))
    return new HttpError(403, `The database does not allow this user to do that (${message}).`);
  if (code === "23503" || code === "23514" || code.startsWith("22")) return new Refused(message, constraint);
  if (unreachable(code, message)) return new Unavailable(`The database cannot be used now (${message}).`);
  return error;
}

/**
 * Returns true if the database is unavailable: connection refused, lost or one too many; PostgreSQL starting, stopping,
 * or read-only after a failover; a timeout.
 */
function unreachable(code: string, message: string): boolean {
  return /^(08|53|57)|^25006$|^E[A-Z_]+$/.test(code) || /timeout|terminated|Connection|SSL/.test(message);
}

/**
 * Makes node-postgres interpret `sslmode` as libpq does. For libpq `sslmode=require` means encryption without
 * verification. node-postgres would treat it as verify-full. psql and node-postgres get the same URL, so they must
 * agree.
 */
function asLibpqReadsIt(url: string): string {
  if (!url.includes("sslmode=") || url.includes("uselibpqcompat=")) return url;
  return `${url}&uselibpqcompat=true`;
}

const notSet = () => Promise.reject(new Unavailable("DATABASE_URL is not set."));

const noDatabase: Database = {
  query: notSet,
  transaction: notSet,
  as: () => ({ query: notSet, transaction: notSet }),
  check: notSet,
  close: () => Promise.resolve(),
};
