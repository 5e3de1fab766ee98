/** Sessions of a test by the URL of a server. */
import { Client } from "pg";
import { run } from "../../../lab/command";

/** Open sessions, which close() ends. */
export class Sessions {
  private readonly clients: Client[] = [];

  async open(url: string): Promise<Client> {
    const client = new Client({ connectionString: url });
    // A session that the server ends fails in the next query, not here.
    client.on("error", () => undefined);
    this.clients.push(client);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.end().catch(() => undefined)));
  }
}

/** Returns the first value of a query's only row. */
export async function value(client: Client, sql: string): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(sql);
  return Object.values(rows[0]!)[0];
}

/** Returns the URL with the whole check of the server's certificate against the authority in `caFile`. */
export function verified(url: string, caFile: string): string {
  const changed = new URL(url);
  changed.searchParams.set("sslmode", "verify-full");
  changed.searchParams.set("sslrootcert", caFile);
  return changed.href;
}

/** Runs a query with psql by a URL. Returns the values as text. Throws CommandFailed with the error. */
export async function psql(url: string, sql: string): Promise<string> {
  const options = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"];
  return (await run("psql", [...options, "--command", sql, url])).trim();
}
