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
