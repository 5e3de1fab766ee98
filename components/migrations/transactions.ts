/** Commands that PostgreSQL refuses inside a transaction in each of their forms. */
const commands = [
  ...["VACUUM", "ALTER SYSTEM", "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE"],
  ...["CREATE SUBSCRIPTION", "DROP SUBSCRIPTION", "REINDEX DATABASE", "REINDEX SYSTEM", "DISCARD ALL"],
];

/** Statements that PostgreSQL refuses inside a transaction, each as a reason. */
const refused: readonly (readonly [RegExp, string])[] = [
  [
    /\b(INDEX|TABLE|SCHEMA|DATABASE|SYSTEM)\s+(\(.*\)\s*)?CONCURRENTLY\b/i,
    "builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  [
    /\bDETACH\s+PARTITION\s+\S+\s+CONCURRENTLY\b/i,
    "detaches a partition CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  ...commands.map(
    (command) =>
      [
        new RegExp(`^\\s*${command.replace(" ", "\\s+")}\\b`, "im"),
        `runs ${command}, which PostgreSQL refuses inside a transaction`,
      ] as const,
  ),
];

/** Returns why a script without its comments cannot run inside a transaction. Undefined if it can. */
export const refusedInTransaction = (sql: string): string | undefined =>
  refused.find(([pattern]) => pattern.test(sql))?.[1];
