/** Tables that exist only from a schema change on. The schema may have been reverted to an earlier one. */
import type { Database, Query } from "../core/database";
import { HttpError } from "../core/http";

export async function isThere(query: Query, table: string): Promise<boolean> {
  const [row] = await query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [`public.${table}`]);
  return row!.there;
}

/** Requires a table. Throws HttpError 404 that names the schema change that creates it, if the table does not exist. */
export async function requireTable({ query }: Pick<Database, "query">, table: string, change: string): Promise<void> {
  if (!(await isThere(query, table)))
    throw new HttpError(404, `There is no ${table}: the schema is at a target before ${change}.`);
}
