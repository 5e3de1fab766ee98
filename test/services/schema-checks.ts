/** The checks of a schema that migrations of the team's own made, on the schema of the project that Runsheet ships. */
import type { Check, SqlCheck } from "../../components/checks/check";
import { difference } from "../../components/checks/in-pod/expect";
import { everyPart } from "../../components/system/schema-checks";
import type { Parts, SchemaChecks } from "../../components/system/parts";
import { runChecks, type RunnerResult } from "../support/checks-runner";
import type { SystemDatabase } from "./system-database";

/** Checks of the step `schema` for a database with these parts. Default: all. */
export function schemaStep<Name extends string>(
  system: string,
  parts: Parts<Name>,
  checks: SchemaChecks<Name>,
  there = Object.keys(parts) as Name[],
): readonly Check[] {
  return [everyPart(system, parts, there), ...checks((part) => there.includes(part))];
}

/** Runs the checks as a pod does, as the database's owner. */
export const runAsOwner = ({ postgres, owner }: SystemDatabase, checks: readonly Check[]): Promise<RunnerResult> =>
  runChecks(checks, { environment: postgres.environment(owner) });

/** First complaint of the checks after a mutation, which is rolled back: the check's name and what differs. */
export function complaintAfter(database: SystemDatabase, checks: readonly Check[], mutation: string): Promise<string> {
  return database.postgres.connected(database.superuser, async (client) => {
    await client.query("BEGIN");
    await client.query(mutation);
    await client.query(`SET LOCAL ROLE ${database.owner.user}`);
    for (const check of checks as readonly SqlCheck[]) {
      const { rows } = await client.query<Record<string, unknown>>(check.sql);
      const differs = difference(rows[0], check.row!);
      if (differs !== undefined) return `${check.name}: ${differs}`;
    }
    return "nothing";
  });
}

/** Tries each mutation, and compares all complaints at once. */
export async function expectComplaintsAfter(
  database: SystemDatabase,
  checks: readonly Check[],
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  const found: Record<string, string> = {};
  for (const mutation of Object.keys(expected)) found[mutation] = await complaintAfter(database, checks, mutation);
  expect(found).toEqual(expected);
}
