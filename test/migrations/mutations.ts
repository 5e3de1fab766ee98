/** Changes something of a deployed schema and asks a verify script what it thinks of it. */
import { join } from "node:path";
import { CommandFailed } from "../../lab/command";
import { migrations, type Prism } from "./prism";

/** The change that makes a table. */
export const changeOf = (table: string): string => (table === "profile_corrections" ? "user_tax_profiles" : table);

/** What the change's verify script says after the mutation; "nothing" when it finds no fault. */
export async function complaint(prism: Prism, change: string, mutation: string): Promise<string> {
  const script = join(migrations, "verify", `${change}.sql`);
  const args = ["--command", "BEGIN", "--command", mutation, "--file", script];
  try {
    await prism.postgres.psql(prism.superuser, args);
    return "nothing";
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return /^psql:.*\/verify\/.*: ERROR: {2}(.*)$/m.exec(error.output)?.[1] ?? error.output;
  }
}

/** Something taken away or changed, and what the verify script of its change must say. */
export interface Mutation {
  change: string;
  sql: string;
  complaint: string;
}

/** Tries each mutation and compares what is said about all of them at once. */
export async function expectComplaints(prism: Prism, mutations: readonly Mutation[]): Promise<void> {
  const found: Record<string, string> = {};
  for (const { change, sql } of mutations) found[sql] = await complaint(prism, change, sql);
  expect(found).toEqual(Object.fromEntries(mutations.map((mutation) => [mutation.sql, mutation.complaint])));
}
