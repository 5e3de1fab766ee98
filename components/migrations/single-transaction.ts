import type { Change } from "./source";
import { lineOf, parsedStatementsOf, type ParsedStatement } from "./statements";
import { commitsInside, controlOf, refusedInTransaction } from "./transactions";

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
    const obstacle = deployObstacle(script("deploy", name)) ?? verifyObstacle(script("verify", name));
    if (obstacle) return `${name} ${obstacle}`;
  }
  return undefined;
}

function deployObstacle(sql: string): string | undefined {
  const statements = parsedStatementsOf(sql, { psql: true });
  const nodes = statements.flatMap(({ node }) => node ?? []);
  const refused = nodes.map(refusedInTransaction).find((each) => each !== undefined);
  if (refused) return refused;
  if (statements.some(({ commands }) => commands.some((each) => each === "c" || each === "connect"))) {
    return "connects again, which leaves the transaction";
  }
  const controls = controlsOf(sql, statements);
  if (controls.length === 0) {
    return "has no transaction of its own between the lines BEGIN; and COMMIT;, so it may not be meant for one";
  }
  const transactions = controls.filter(({ line }) => line === "BEGIN").length;
  if (transactions > 1) return `has ${transactions} transactions, which one around them all would make one`;
  const lines = controls.map(({ line }) => line);
  if (lines.join(" ") !== "BEGIN COMMIT") {
    return `must begin and end its transaction with the lines BEGIN; and COMMIT;, but has ${lines.join(", ")}`;
  }
  if (nodes.some(commitsInside)) {
    return "commits or rolls back inside a block, which PostgreSQL refuses inside a transaction";
  }
  return hidden(statements, controls);
}

function verifyObstacle(sql: string): string | undefined {
  const statements = parsedStatementsOf(sql, { psql: true });
  const controls = controlsOf(sql, statements);
  const lines = controls.map(({ line }) => line);
  if (lines.join(" ") === "BEGIN ROLLBACK") {
    return hidden(statements, controls);
  }
  const found = lines.length === 0 ? "neither" : lines.join(", ");
  return `has a verify script that must begin with the line BEGIN; and end with the line ROLLBACK;, but has ${found}`;
}

/** A statement that begins or ends a transaction. */
interface Control {
  readonly statement: ParsedStatement;
  /** "BEGIN", "COMMIT" or "ROLLBACK", if that is all in its line; else the line. */
  readonly line: string;
}

/** Line that migrate.sh replaces. */
const replaced = /^\s*(BEGIN|COMMIT|ROLLBACK)\s*;\s*(--.*)?$/i;

function controlsOf(sql: string, statements: readonly ParsedStatement[]): Control[] {
  const lines = sql.split("\n");
  return statements
    .filter(({ node }) => controlOf(node))
    .map((statement) => {
      const line = lines[lineOf(sql, statement) - 1]!;
      const word = replaced.exec(line)?.[1] ?? line.replace(/\s*;?\s*(--.*)?$/, "").trim();
      return { statement, line: word.toUpperCase() };
    });
}

/** Finds a line in a string or a body that `migrate.sh` would take for one that begins or ends the transaction. */
function hidden(statements: readonly ParsedStatement[], controls: readonly Control[]): string | undefined {
  const others = statements.filter((each) => !controls.some(({ statement }) => statement === each));
  const line = others.flatMap(({ sql }) => sql.split("\n")).find((each) => replaced.test(each));
  return (
    line && `has the line ${line.trim()} in a string or a body, where it would be replaced, too: write it otherwise`
  );
}
