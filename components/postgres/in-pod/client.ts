/** How a program in a pod connects to PostgreSQL. */
import { Client, type ClientConfig } from "pg";

/** A client for the PG* variables, which reads PGSSLMODE as libpq does. */
export function postgresClient(config: ClientConfig): Client {
  // libpq encrypts, whoever answers. The library would verify the certificate.
  const ssl = process.env.PGSSLMODE === "require" ? { rejectUnauthorized: false } : undefined;
  return new Client({ ...config, ssl });
}
