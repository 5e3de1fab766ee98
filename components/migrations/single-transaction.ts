import { withoutComments } from "./plan";
import type { Change } from "./source";
import { refusedInTransaction } from "./transactions";

/** Pattern of psql's command that connects again. */
const connect = /^\s*\\c(onnect)?\b/m;

/** Pattern of a statement that begins or ends a transaction, with the rest of its line. Savepoints do not match. */
const control =
  /(?<=^|;)\s*(BEGIN|START\s+TRANSACTION|COMMIT|END(?=\s*(WORK|TRANSACTION)?\s*;)|ROLLBACK|ABORT|PREPARE\s+TRANSACTION)\b[^;]*;.*$/gim;
const toSavepoint = /^\s*ROLLBACK\s+(WORK\s+|TRANSACTION\s+)?TO\b/i;

/**
 * Explains why changes of a Sqitch project cannot be deployed together in one transaction. Undefined if they can.
 *
 * Each deploy script must be one transaction between the lines `BEGIN;` and `COMMIT;`, each verify script one between
 * `BEGIN;` and `ROLLBACK;`. `migrate.sh deploy-together` replaces these lines. (Phase 2 Deployment Checklist:
 * Production Migration Execution, "Option A: Single transaction (recommended)".)
 * @param script reads the script of a kind, such as "deploy", of a change
 */
export function singleTransactionObstacle(
  changes: readonly Change[],
  script: (kind: string, change: string) => string,
): string | undefined {
  for (const { name } of changes) {
    const read = (kind: string) => withoutComments(script(kind, name));
    const obstacle = deployObstacle(read("deploy")) ?? verifyObstacle(read("verify"));
    if (obstacle) return `${name} ${obstacle}`;
  }
  return undefined;
}

function deployObstacle(sql: string): string | undefined {
  const refused = refusedInTransaction(sql);
  if (refused) return refused;
  if (connect.test(sql)) return "connects again, which leaves the transaction";
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
