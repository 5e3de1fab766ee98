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
  const controls = controlsOf("deploy", sql, statements);
  if (controls.length === 0) {
    return "has no transaction of its own between the lines BEGIN; and COMMIT;, so it may not be meant for one";
  }
  const transactions = controls.filter(({ word }) => word === "BEGIN").length;
  if (transactions > 1) return `has ${transactions} transactions, which one around them all would make one`;
  if (wordsOf(controls) !== "BEGIN COMMIT") {
    return `must begin and end its transaction with the lines BEGIN; and COMMIT;, but has ${linesOf(controls)}`;
  }
  if (nodes.some(commitsInside)) {
    return "commits or rolls back inside a block, which PostgreSQL refuses inside a transaction";
  }
  return hidden("deploy", statements, controls);
}

function verifyObstacle(sql: string): string | undefined {
  const statements = parsedStatementsOf(sql, { psql: true });
  const controls = controlsOf("verify", sql, statements);
  if (wordsOf(controls) === "BEGIN ROLLBACK") return hidden("verify", statements, controls);
  const found = controls.length === 0 ? "neither" : linesOf(controls);
  return `has a verify script that must begin with the line BEGIN; and end with the line ROLLBACK;, but has ${found}`;
}

/** A statement that begins or ends a transaction. */
interface Control {
  readonly statement: ParsedStatement;
  /** Its line. */
  readonly line: string;
  /** "BEGIN", "COMMIT" or "ROLLBACK", if migrate.sh replaces its line. */
  readonly word?: string;
}

const wordsOf = (controls: readonly Control[]) => controls.map(({ word }) => word ?? "?").join(" ");
const linesOf = (controls: readonly Control[]) => controls.map(({ line }) => line).join(", ");

/** Lines that migrate.sh replaces in a kind of scripts. */
const replaced = {
  deploy: /^\s*(BEGIN|COMMIT)\s*;\s*(--.*)?$/i,
  verify: /^\s*(BEGIN|ROLLBACK)\s*;\s*(--.*)?$/i,
};

function controlsOf(kind: keyof typeof replaced, sql: string, statements: readonly ParsedStatement[]): Control[] {
  const lines = sql.split("\n");
  return statements
    .filter(({ node }) => controlOf(node))
    .map((statement) => {
      const line = lines[lineOf(sql, statement) - 1]!;
      return { statement, line: line.trim(), word: replaced[kind].exec(line)?.[1]!.toUpperCase() };
    });
}

/** Finds a line in a string, a body or rows of COPY that `migrate.sh` would take for one that begins or ends the transaction. */
function hidden(
  kind: keyof typeof replaced,
  statements: readonly ParsedStatement[],
  controls: readonly Control[],
): string | undefined {
  const others = statements.filter((each) => !controls.some(({ statement }) => statement === each));
  const line = others
    .flatMap(({ sql, text }) => (sql + text.slice(sql.length)).split("\n"))
    .find((each) => replaced[kind].test(each));
  return (
    line &&
    `has the line ${line.trim()} in a string, a body or rows, where it would be replaced, too: write it otherwise`
  );
}
