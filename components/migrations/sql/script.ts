/** Scripts that psql runs for a file of a migration tool: in one transaction, or statement by statement. */
import { tokensOf, type Node } from "../parser";
import { blank, lineOf, parsedStatementsOf, type ParsedStatement } from "../statements";
import { commitsInside, controlOf, refusedInTransaction } from "../transactions";
import { statementScript, type Unit } from "./statement-script";

/** A file of SQL as psql runs it. */
export interface Script {
  /** Text for psql. */
  readonly text: string;
  /** Reason why it cannot run in one transaction. Default: it can. */
  readonly outside?: string;
  /** Names of the indexes that it builds concurrently, as the file writes them. */
  readonly indexes: readonly string[];
  /** Names of the constraints that it validates, as the file writes them. */
  readonly validated: readonly string[];
}

/** A statement that is read. These files have no variables of psql's. */
type Statement = Required<ParsedStatement>;

/**
 * Makes the script of a file.
 * @param alone true if the team wants it to run outside of a transaction. Default: false
 * @throws Error with the line and what to do, if no tool could run the file, or if it leaves a transaction open
 */
export function scriptOf(file: string, alone = false): Script {
  refuseOtherFormat(file);
  const statements = parsedStatementsOf(file) as Statement[];
  if (statements.length === 0) throw new Error("has no statement: delete it, or write one");
  const groups = grouped(file, statements);
  const wrapped = groups.length === 1 && groups[0]!.length > 1 && isBegin(groups[0]![0]!);
  const inside = wrapped ? statements.slice(1, -1) : statements;
  const patience = statements.some(setsLockTimeout) ? "" : "\nSET LOCAL lock_timeout = '5s';";
  const outside = alone ? "the file asks for it" : wrapped ? undefined : outsideReason(groups, statements);
  return {
    text:
      outside === undefined
        ? without(file, wrapped ? [statements[0]!, statements.at(-1)!] : [])
        : statementScript(groups.map((group) => unitOf(group, patience))),
    outside,
    indexes: inside.flatMap(({ node }) => concurrentIndex(node)?.name ?? []),
    validated: statements.flatMap(({ sql }) => validatedIn(sql)),
  };
}

/** Returns the concurrent build of an index that has a name. Without one it gets one from PostgreSQL. */
function concurrentIndex(node: Node): Unit["index"] {
  if (!("IndexStmt" in node)) return undefined;
  const { concurrent, idxname, relation } = node.IndexStmt;
  if (!concurrent || !idxname || !relation?.relname) return undefined;
  const { schemaname, relname } = relation;
  return { name: quoted(idxname), table: [...(schemaname ? [schemaname] : []), relname].map(quoted).join(".") };
}

/** Quotes a name if it is not one without quotation marks. */
const quoted = (name: string) => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Lists the constraints that a statement validates, also those in a block, whose errors may be caught. */
function validatedIn(sql: string): string[] {
  const tokens = tokensOf(sql).filter(({ tokenName }) => !/COMMENT$/.test(tokenName));
  const isWord = (index: number, word: string) => tokens[index]?.text.toUpperCase() === word;
  return tokens.flatMap(({ text, tokenName }, index) => {
    if (tokenName === "SCONST") return validatedIn(contentOf(text));
    return isWord(index - 2, "VALIDATE") && isWord(index - 1, "CONSTRAINT") ? [text] : [];
  });
}

/** The text of a string, whichever its quotation marks. */
const contentOf = (constant: string) => constant.replace(/^(\$\w*\$|'|[Ee]')([\s\S]*)(\$\w*\$|')$/, "$2");

const isBegin = ({ node }: Statement) => controlOf(node) === "begin";
const isBlock = ({ node }: Statement) => "DoStmt" in node || "CallStmt" in node;

/** Groups the statements: those of an explicit transaction, BEGIN and COMMIT included, are one group. */
function grouped(file: string, statements: readonly Statement[]): Statement[][] {
  const groups: Statement[][] = [];
  let open: Statement[] | undefined;
  for (const statement of statements) {
    // To count the lines takes long, and only an error needs it.
    const fail = (problem: string): never => {
      throw new Error(`line ${lineOf(file, statement)} ${problem}`);
    };
    const control = controlOf(statement.node);
    if (control === "rollback" || control === "prepare")
      fail("takes a transaction back or prepares it, so that nothing says what is applied: remove it");
    if (control === "begin") {
      if (open) fail("begins a transaction inside of another: end that one first");
      open = [statement];
      groups.push(open);
    } else if (control === "commit") {
      (open ?? fail("ends a transaction that the file did not begin: remove it")).push(statement);
      open = undefined;
    } else if (open) {
      const refused = refusedInTransaction(statement.node);
      if (refused) fail(`${refused}: move it out of BEGIN and COMMIT`);
      open.push(statement);
    } else groups.push([statement]);
  }
  if (open) throw new Error("begins a transaction that it does not end: add COMMIT;");
  return groups;
}

/** Returns why a file cannot run in one transaction. */
function outsideReason(groups: readonly Statement[][], statements: readonly Statement[]): string | undefined {
  if (groups.some(([first]) => isBegin(first!))) return "it has transactions of its own";
  for (const { node } of statements) {
    const refused = refusedInTransaction(node);
    if (refused) return `it ${refused}`;
    if (commitsInside(node)) return "it commits inside a block";
  }
  const used = (value: string) => statements.filter(({ text }) => text.includes(value)).length > 1;
  return statements.flatMap(({ node }) => addedValue(node) ?? []).some(used)
    ? "it adds a value to a type and uses it"
    : undefined;
}

/** Returns the value that a statement adds to a type, as a string of SQL. */
function addedValue(node: Node): string | undefined {
  if (!("AlterEnumStmt" in node) || node.AlterEnumStmt.oldVal !== undefined) return undefined;
  return `'${(node.AlterEnumStmt.newVal ?? "").replaceAll("'", "''")}'`;
}

/**
 * Makes the unit of a group.
 * @param patience statement with the default limit for waiting for a lock in a transaction; empty if the file sets its own
 */
function unitOf(group: readonly Statement[], patience: string): Unit {
  const [first, ...rest] = group as [Statement, ...Statement[]];
  const joined = rest.slice(0, -1).map(({ text }) => text);
  if (isBegin(first)) return { kind: "transaction", text: [first.text, patience, ...joined].join("") };
  const hasEnd = first.text.trimEnd().endsWith(";") || "CopyStmt" in first.node;
  const text = hasEnd ? first.text : `${first.text}\n;`;
  if (setsForSession(first)) return { kind: "session", text };
  const index = concurrentIndex(first.node);
  if (index) return { kind: "alone", text, index };
  return refusedInTransaction(first.node) !== undefined || isBlock(first)
    ? { kind: "alone", text }
    : { kind: "transaction", text: `BEGIN;${patience}\n${text}` };
}

/** True for SET, RESET and a query that begins with set_config(). */
function setsForSession({ node }: Statement): boolean {
  if ("VariableSetStmt" in node) return !node.VariableSetStmt.is_local;
  return configured(node) !== undefined;
}

function setsLockTimeout({ node }: Statement): boolean {
  return ("VariableSetStmt" in node ? node.VariableSetStmt.name : configured(node)) === "lock_timeout";
}

/** Returns the setting that a query changes with set_config(). */
function configured(node: Node): string | undefined {
  const [target] = ("SelectStmt" in node && node.SelectStmt.targetList) || [];
  const value = target && "ResTarget" in target ? target.ResTarget.val : undefined;
  if (!value || !("FuncCall" in value)) return undefined;
  const name = value.FuncCall.funcname?.at(-1);
  if (!name || !("String" in name) || name.String.sval !== "set_config") return undefined;
  const [setting] = value.FuncCall.args ?? [];
  return setting && "A_Const" in setting ? (setting.A_Const.sval?.sval ?? "") : "";
}

/** Replaces statements by spaces, so that an error names the right line. */
function without(file: string, statements: readonly Statement[]): string {
  let text = file;
  for (const { offset, text: statement } of statements)
    text = text.slice(0, offset) + blank(statement) + text.slice(offset + statement.length);
  return text;
}

/** Marks of tools whose files hold both directions: run as they are, they would take back what they do. */
const formats: readonly (readonly [RegExp, string])[] = [
  [/^\s*--\s*migrate:(up|down)\b/m, "dbmate"],
  [/^\s*--\s*\+goose\s+(Up|Down)\b/im, "goose"],
  [/^\s*--\s*(Up|Down) Migration\b/im, "node-pg-migrate"],
];

function refuseOtherFormat(file: string): void {
  const format = formats.find(([mark]) => mark.test(file))?.[1];
  if (format)
    throw new Error(`is in the format of ${format}, with both directions in one file: set migrations.command`);
}
