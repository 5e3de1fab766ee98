/** Checks that a stack can neither change nor skip, with the reason. */
import { everyPart } from "./schema-checks";
import type { Parts, SchemaChecks } from "./parts";

/** Names of the checks of a database that exists (existing-database.ts). */
const ofExisting = [
  "the database answers",
  "migrations keep their session",
  "both URLs lead to one database",
  "pg_dump is not older than the server",
  "the rights of the migrations",
  "the roles of the migrations",
  "the application's role",
  "the extensions",
  "the owner of the existing tables",
  "the application's rights on the existing tables",
  "connections for every pod",
];

/** Returns the reasons by the names of the checks that every system has. */
export function fixedChecks(system: {
  readonly name: string;
  readonly parts?: Parts;
  readonly schemaChecks?: SchemaChecks;
}): Record<string, string> {
  const { name, parts, schemaChecks = () => [] } = system;
  const ofSchema = parts ? [everyPart(name, parts, []), ...schemaChecks(() => true)].map((check) => check.name) : [];
  return {
    ...reasons(ofExisting, "a migration, a dump or the application would fail later"),
    ...reasons(
      ofSchema,
      `the code relies on the schema: list a part that the database lacks in ${name}:schema.without`,
    ),
    ...reasons(["the restored database"], "a restored database that does not answer must not become the live one"),
  };
}

/** Gives several checks the same reason. */
export const reasons = (names: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, reason]));
