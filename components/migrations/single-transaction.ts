import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changesUpTo, withoutComments } from "./plan";

/** Statements that PostgreSQL refuses inside a transaction, and those that would leave it. */
const refusedInside: readonly (readonly [RegExp, string])[] = [
  [
    /\b(INDEX|TABLE|SCHEMA|DATABASE|SYSTEM)\s+(\(.*\)\s*)?CONCURRENTLY\b/i,
    "builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  [
    /\bDETACH\s+PARTITION\s+\S+\s+CONCURRENTLY\b/i,
    "detaches a partition CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  ...["VACUUM", "ALTER SYSTEM", "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE"].map(
    (command) =>
      [
        new RegExp(`^\\s*${command.replace(" ", "\\s+")}\\b`, "im"),
        `runs ${command}, which PostgreSQL refuses inside a transaction`,
      ] as const,
  ),
  [/^\s*\\c(onnect)?\b/m, "connects again, which leaves the transaction"],
];

/** Pattern of a statement that begins or ends a transaction, with the rest of its line. Savepoints do not match. */
const control =
  /(?<=^|;)\s*(BEGIN|START\s+TRANSACTION|COMMIT|END(?=\s*(WORK|TRANSACTION)?\s*;)|ROLLBACK|ABORT|PREPARE\s+TRANSACTION)\b[^;]*;.*$/gim;
const toSavepoint = /^\s*ROLLBACK\s+(WORK\s+|TRANSACTION\s+)?TO\b/i;

/**
 * Explains why a project's changes up to the target cannot be deployed together in one transaction. Undefined if they
 * can.
 *
 * Each deploy script must be one transaction between the lines `BEGIN;` and `COMMIT;`, each verify script one between
 * `BEGIN;` and `ROLLBACK;`. `migrate.sh deploy-together` replaces these lines. (Phase 2 Deployment Checklist:
 * Production Migration Execution, "Option A: Single transaction (recommended)".)
 * @throws Error if the project has a fault (`readPlan`), or the target is unknown
 */
export function singleTransactionObstacle(args: {
  readonly project: string;
  readonly target?: string;
}): string | undefined {
  for (const change of changesUpTo(args)) {
    const read = (kind: string) => withoutComments(readFileSync(join(args.project, kind, `${change}.sql`), "utf8"));
    const obstacle = deployObstacle(read("deploy")) ?? verifyObstacle(read("verify"));
    if (obstacle) return `${change} ${obstacle}`;
  }
  return undefined;
}

function deployObstacle(sql: string): string | undefined {
  const refused = refusedInside.find(([pattern]) => pattern.test(sql));
  if (refused) return refused[1];
  const controls = controlsOf(sql);
  if (controls.length === 0) {
    return "has no transaction of its own between the lines BEGIN; and COMMIT;, so it may not be meant for one";
  }
  const transactions = controls.filter((each) => each === "BEGIN").length;
  if (transactions > 1) return `has ${transactions} transactions, which one around them all would make one`;
  if (controls.join(" ") !== "BEGIN COMMIT") {
    return `must begin and end its transaction with the lines BEGIN; and COMMIT;, but has ${controls.join(", ")}`;
  }
  return insideBodies(sql, /\b(COMMIT|ROLLBACK)\s*;/i)
    ? "commits or rolls back inside a block, which PostgreSQL refuses inside a transaction"
    : undefined;
}

function verifyObstacle(sql: string): string | undefined {
  const controls = controlsOf(sql);
  if (controls.join(" ") === "BEGIN ROLLBACK") return undefined;
  const found = controls.length === 0 ? "neither" : controls.join(", ");
  return `has a verify script that must begin with the line BEGIN; and end with the line ROLLBACK;, but has ${found}`;
}

const body = /\$(\w*)\$[\s\S]*?\$\1\$/g;

/** Lists the statements outside of function bodies that begin or end a transaction. */
function controlsOf(sql: string): string[] {
  const statements = sql.replace(body, "''").match(control) ?? [];
  return statements
    .filter((each) => !toSavepoint.test(each))
    .map((each) => each.trim().replace(/\s*;$/, "").toUpperCase());
}

function insideBodies(sql: string, pattern: RegExp): boolean {
  return (sql.match(body) ?? []).some((each) => pattern.test(each));
}
