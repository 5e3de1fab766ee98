/** PostgreSQL client of programs in pods. */
import { Client, type ClientConfig } from "pg";

/** Creates a client for the PG* variables. It interprets PGSSLMODE as libpq does. */
export function postgresClient(config: ClientConfig): Client {
  // With "require", libpq does not verify the certificate; the pg package would.
  const ssl = process.env.PGSSLMODE === "require" ? { rejectUnauthorized: false } : undefined;
  return new Client({ ...config, ssl });
}
