/** The application's PostgreSQL connections, and what their errors mean to a client. */
import { Pool, type PoolClient } from "pg";
import { HttpError, Unavailable } from "./http";
import { errorMessage, type Log } from "./log";
import { within } from "./time";

/** Runs one statement and returns its rows. */
export type Query = <Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface Database {
  query: Query;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** SELECT 1, bounded to two seconds. Throws an error that says what is wrong. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A value that breaks a constraint of the database. */
export class Refused extends HttpError {
  constructor(
    message: string,
    readonly constraint: string,
    field?: string,
  ) {
    super(400, `The database refuses this (${message}).`, field);
  }

  /** The same with the name that the field has in the request, for a constraint that `fields` knows. */
  naming(fields: Readonly<Record<string, string>>): Refused {
    return Object.assign(new Refused("", this.constraint, fields[this.constraint]), { message: this.message });
  }
}

export interface DatabaseLimits {
  /** How many connections it opens at most; default 5. */
  connections?: number;
  /** How long a connection may take, or be waited for; default 2000. */
  connectMilliseconds?: number;
  /** A statement that takes longer is given up; default 10 000. */
  statementMilliseconds?: number;
}

/** No statement of the stand-in takes longer, unless it waits for a lock: then the client had better be told. */
const statementLimit = 10_000;
const checkLimit = 2_000;

/**
 * Opens connections when they are needed. Without a URL every use says so. A connection that breaks is replaced by the
 * next use: the database may fail over at any time.
 */
export function openDatabase(url: string | undefined, log: Log, limits: DatabaseLimits = {}): Database {
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

  const query: Query = async (sql, values = []) => {
    try {
      return rowsOf(await pool.query(sql, [...values]));
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    query,
    transaction: (work) => inTransaction(pool, work),
    check: () => within(checkLimit, "SELECT 1", pool.query("SELECT 1")).then(() => undefined),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: Pool, work: (query: Query) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await pool.connect();
    const connected = client;
    await connected.query("BEGIN");
    const result = await work(async (sql, values = []) => rowsOf(await connected.query(sql, [...values])));
    await connected.query("COMMIT");
    return result;
  } catch (error) {
    await client?.query("ROLLBACK").catch((failure: Error) => (broken = failure));
    throw explain(error);
  } finally {
    client?.release(broken);
  }
}

/** The rows as what the caller says they are: nobody knows better here. */
const rowsOf = <Row>(result: { rows: unknown[] }) => result.rows as Row[];

/** A table, a column, what ON CONFLICT aims at. */
const lacksSomething = new Set(["42P01", "42703", "42P10"]);

/** Says of PostgreSQL's errors what a client can do about them; others stay as they are and become a 500. */
function explain(error: unknown): unknown {
  if (error instanceof HttpError) return error;
  const { code = "", constraint = "" } = error as { code?: string; constraint?: string };
  const message = errorMessage(error);
  if (lacksSomething.has(code)) {
    const why = "the schema is at an earlier target. It works again when the schema is migrated";
    return new Unavailable(`The database lacks what this needs (${message}): ${why}.`);
  }
  if (code === "23503" || code === "23514" || code.startsWith("22")) return new Refused(message, constraint);
  if (unreachable(code, message)) return new Unavailable(`The database cannot be used now (${message}).`);
  return error;
}

/** Connections refused, lost or too many; PostgreSQL starting, stopping or read-only after a failover; time is up. */
function unreachable(code: string, message: string): boolean {
  return /^(08|53|57)|^25006$|^E[A-Z_]+$/.test(code) || /timeout|terminated|Connection|SSL/.test(message);
}

/**
 * `sslmode=require` in a URL means to psql: encrypt, whoever answers. node-postgres reads it as verify-full unless it is
 * told to read URLs as libpq does; both must agree, for both get the same URL.
 */
function asLibpqReadsIt(url: string): string {
  if (!url.includes("sslmode=") || url.includes("uselibpqcompat=")) return url;
  return `${url}&uselibpqcompat=true`;
}

const notSet = () => Promise.reject(new Unavailable("DATABASE_URL is not set."));

const noDatabase: Database = {
  query: notSet,
  transaction: notSet,
  check: notSet,
  close: () => Promise.resolve(),
};
