/** Tables that are there only from a change of the schema on: it may have been taken back to an earlier one. */
import type { Database, Query } from "../core/database";
import { HttpError } from "../core/http";

export async function isThere(query: Query, table: string): Promise<boolean> {
  const [row] = await query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [`public.${table}`]);
  return row!.there;
}

/** Throws HttpError 404 naming the change that makes the table, when it is not deployed. */
export async function requireTable({ query }: Pick<Database, "query">, table: string, change: string): Promise<void> {
  if (!(await isThere(query, table)))
    throw new HttpError(404, `There is no ${table}: the schema is at a target before ${change}.`);
}
