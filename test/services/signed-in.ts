/** Access to a database as its users have it, through Supabase's row-level security. */
import type { Client } from "pg";
import type { SystemDatabase } from "./system-database";

/** Runs `work` as a signed-in user, as PostgREST does, in a transaction that is rolled back. */
export function signedIn<Result>(
  database: SystemDatabase,
  user: string | undefined,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return database.postgres.connected(database.superuser, async (client) => {
    await client.query("BEGIN");
    await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify({ sub: user })]);
    await client.query("SET LOCAL ROLE authenticated");
    return work(client);
  });
}

/** Runs `work` with the services' login, in a transaction that begins with a statement and is rolled back. */
export const servicesLogin = <Result>(
  { postgres, app }: SystemDatabase,
  begin: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> =>
  postgres.connected(app, async (client) => {
    await client.query(`BEGIN; ${begin}`);
    return work(client);
  });

/** Reads a whole table. */
export const readAll = (client: Client, table: string) => client.query(`SELECT * FROM public.${table}`);

/** Reads a whole table as somebody who is not signed in. */
export const readAsNobody = ({ postgres, superuser }: SystemDatabase, table: string) =>
  postgres.connected(superuser, async (client) => {
    await client.query("SET ROLE anon");
    await readAll(client, table);
  });

/** Number of rows that the client sees, by table. */
export async function visibleRows(client: Client, tables: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await client.query<{ rows: number }>(`SELECT count(*)::integer AS rows FROM public.${table}`);
    counts[table] = rows[0]!.rows;
  }
  return counts;
}
