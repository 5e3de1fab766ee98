/** Queries of a login that has the rights of a role only where it sets that role, as Supabase's login does. */
import type { Client, QueryResult } from "pg";

/** Finds out whether the login has to set the role. It need not if it inherits it, and cannot if it is no member. */
const statement = `SELECT format('SET LOCAL ROLE %I', rolname) AS statement FROM pg_roles
  WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER') AND NOT pg_has_role(oid, 'USAGE')`;

/**
 * Runs a query with the rights of a role, in a transaction of its own. A pooler in transaction mode gives the connection
 * away afterwards, without the role.
 * @param role undefined for the login's own rights
 * @throws Error if the query fails
 */
export async function queryAs<Row extends object>(
  client: Client,
  role: string | undefined,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Row>> {
  const [set] = role === undefined ? [] : (await client.query<{ statement: string }>(statement, [role])).rows;
  if (!set) return client.query<Row>(text, [...values]);
  await client.query("BEGIN");
  try {
    await client.query(set.statement);
    const result = await client.query<Row>(text, [...values]);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
