/** Changes something of a deployed schema and asks a verify script what it thinks of it. */
import { join } from "node:path";
import { CommandFailed } from "../../lab/command";
import type { SystemDatabase } from "./system-database";

/** What the change's verify script says after the mutation; "nothing" when it finds no fault. */
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

/** Something taken away or changed, and what the verify script of its change must say. */
export interface Mutation {
  change: string;
  sql: string;
  complaint: string;
}

/** Tries each mutation and compares what is said about all of them at once. */
export async function expectComplaints(database: SystemDatabase, mutations: readonly Mutation[]): Promise<void> {
  const found: Record<string, string> = {};
  for (const { change, sql } of mutations) found[sql] = await complaint(database, change, sql);
  expect(found).toEqual(Object.fromEntries(mutations.map((mutation) => [mutation.sql, mutation.complaint])));
}
