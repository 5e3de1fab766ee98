/** Mutations of a deployed schema, and the errors with which verify scripts report them. */
import { join } from "node:path";
import { CommandFailed } from "../../lab/command";
import type { SystemDatabase } from "./system-database";

/** Error of the change's verify script after the mutation, or "nothing" if the script succeeds. */
export async function complaint(database: SystemDatabase, change: string, mutation: string): Promise<string> {
  const script = join(database.project, "verify", `${change}.sql`);
  const args = ["--command", "BEGIN", "--command", mutation, "--file", script];
  try {
    await database.postgres.psql(database.superuser, args);
    return "nothing";
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return /^psql:.*\/verify\/.*: ERROR: {2}(.*)$/m.exec(error.output)?.[1] ?? error.output;
  }
}

/** Policy as the verify scripts print it. */
export interface Policy {
  readonly table: string;
  readonly name: string;
  readonly role: string;
  readonly cmd: string;
  /** Condition for what is read. Null if nothing is. */
  readonly reads: string | null;
  /** Condition for what is written. Null if nothing is. */
  readonly writes: string | null;
}

/** Lists the policies of tables, with conditions as PostgreSQL prints them where no schema is searched. */
export const policiesOf = (database: SystemDatabase, tables: readonly string[]): Promise<Policy[]> =>
  database.postgres.connected(database.owner, async (client) => {
    await client.query("SET search_path = ''");
    const { rows } = await client.query<Policy>(
      `SELECT tablename AS table, policyname AS name, roles[1] AS role, cmd,
         regexp_replace(qual, '\\s+', ' ', 'g') AS reads, regexp_replace(with_check, '\\s+', ' ', 'g') AS writes
       FROM pg_catalog.pg_policies WHERE tablename = ANY ($1::text[]) ORDER BY 1, 2`,
      [tables],
    );
    return rows;
  });

/** Mutations of a policy: dropped, for another role, and with each condition replaced. */
export function policyMutations(change: string, { table, name, role, cmd, reads, writes }: Policy): Mutation[] {
  const on = `policy ${name} on ${table}`;
  const lets = (one: string | null, other: string | null) =>
    [one && `USING (${one})`, other && `WITH CHECK (${other})`].filter(Boolean).join(" ");
  const replaced = (condition: string) => [
    ...(reads === null ? [] : [{ sql: `USING (${condition})`, found: lets(condition, writes) }]),
    ...(writes === null ? [] : [{ sql: `WITH CHECK (${condition})`, found: lets(reads, condition) }]),
  ];
  // The second one names the user, as the right one does, and lets everybody in who is signed in.
  const conditions = role === "authenticated" ? ["true", "(auth.uid() IS NOT NULL)"] : ["false"];
  return [
    { change, sql: `DROP POLICY ${name} ON ${table}`, complaint: `policy ${name} is missing on ${table}` },
    {
      change,
      sql: `ALTER POLICY ${name} ON ${table} TO anon`,
      complaint: `${on} is PERMISSIVE for ${cmd} to anon, expected PERMISSIVE for ${cmd} to ${role}`,
    },
    ...conditions.flatMap(replaced).map(({ sql, found }) => ({
      change,
      sql: `ALTER POLICY ${name} ON ${table} ${sql}`,
      complaint: `${on} is ${found}, expected ${lets(reads, writes)}`,
    })),
  ];
}

/** Mutation of the schema, and the error that the change's verify script must report. */
export interface Mutation {
  change: string;
  sql: string;
  complaint: string;
}

/** Tries each mutation, and compares all reported errors at once. */
export async function expectComplaints(database: SystemDatabase, mutations: readonly Mutation[]): Promise<void> {
  const found: Record<string, string> = {};
  for (const { change, sql } of mutations) found[sql] = await complaint(database, change, sql);
  expect(found).toEqual(Object.fromEntries(mutations.map((mutation) => [mutation.sql, mutation.complaint])));
}
