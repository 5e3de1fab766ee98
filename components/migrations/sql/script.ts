/** Scripts that psql runs for a file of a migration tool: in one transaction, or statement by statement. */
import { withoutComments } from "../plan";
import { refusedInTransaction } from "../transactions";
import { statementScript, type Unit } from "./statement-script";
import { lineAt, statementsOf, type Statement } from "./statements";

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

/**
 * Makes the script of a file.
 * @param alone true if the team wants it to run outside of a transaction. Default: false
 * @throws Error with the line and what to do, if no tool could run the file, or if it leaves a transaction open
 */
export function scriptOf(file: string, alone = false): Script {
  const statements = statementsOf(file);
  if (statements.length === 0) throw new Error("has no statement: delete it, or write one");
  refuseOtherFormat(file);
  const groups = grouped(file, statements);
  const wrapped = groups.length === 1 && groups[0]!.length > 1 && isBegin(groups[0]![0]!);
  const inside = wrapped ? statements.slice(1, -1) : statements;
  const patience = /\bSET\s+(LOCAL\s+|SESSION\s+)?lock_timeout\b|\bset_config\s*\(\s*'lock_timeout'/i.test(file)
    ? ""
    : "\nSET LOCAL lock_timeout = '5s';";
  const outside = alone ? "the file asks for it" : wrapped ? undefined : outsideReason(groups, statements);
  const names = (pattern: RegExp) => inside.flatMap(({ code }) => pattern.exec(code)?.[1] ?? []);
  return {
    text:
      outside === undefined
        ? without(file, wrapped ? [statements[0]!, statements.at(-1)!] : [])
        : statementScript(groups.map((group) => unitOf(group, patience))),
    outside,
    indexes: names(concurrentIndex),
    // Also in a block, whose errors may be caught.
    validated: [...withoutComments(file).matchAll(/\bVALIDATE\s+CONSTRAINT\s+("(?:[^"]|"")+"|[\w$]+)/gi)].map(
      ([, name]) => name!,
    ),
  };
}

const nameOf = String.raw`((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)`;
/** Pattern of a concurrent build, with the index and its table. An index without a name gets one from PostgreSQL. */
const concurrentIndex = new RegExp(
  `^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(?!ON )${nameOf} ON (?:ONLY )?${nameOf}`,
  "i",
);

const isBegin = ({ code }: Statement) => /^(BEGIN|START TRANSACTION)\b/i.test(code);
const isEnd = ({ code }: Statement) => /^(COMMIT|END)\b(?! PREPARED)/i.test(code);
const isRollback = ({ code }: Statement) => /^(ROLLBACK|ABORT)\b(?!.* TO\b)/i.test(code);

/** Groups the statements: those of an explicit transaction, BEGIN and COMMIT included, are one group. */
function grouped(file: string, statements: readonly Statement[]): Statement[][] {
  const groups: Statement[][] = [];
  let open: Statement[] | undefined;
  for (const statement of statements) {
    const where = `line ${lineAt(file, statement.offset + statement.text.search(/\S/))}`;
    if (isRollback(statement) || /^PREPARE TRANSACTION\b/i.test(statement.code))
      throw new Error(
        `${where} takes a transaction back or prepares it, so that nothing says what is applied: remove it`,
      );
    if (isBegin(statement)) {
      if (open) throw new Error(`${where} begins a transaction inside of another: end that one first`);
      open = [statement];
      groups.push(open);
    } else if (isEnd(statement)) {
      if (!open) throw new Error(`${where} ends a transaction that the file did not begin: remove it`);
      open.push(statement);
      open = undefined;
    } else if (open) {
      const refused = refusedInTransaction(statement.code);
      if (refused) throw new Error(`${where} ${refused}: move it out of BEGIN and COMMIT`);
      open.push(statement);
    } else groups.push([statement]);
  }
  if (open) throw new Error("begins a transaction that it does not end: add COMMIT;");
  return groups;
}

/** Returns why a file cannot run in one transaction. */
function outsideReason(groups: readonly Statement[][], statements: readonly Statement[]): string | undefined {
  if (groups.some(([first]) => isBegin(first!))) return "it has transactions of its own";
  for (const { code, text } of statements) {
    const refused = refusedInTransaction(code);
    if (refused) return `it ${refused}`;
    if (/^(DO|CALL)\b/i.test(code) && /\b(COMMIT|ROLLBACK)\s*;/i.test(text)) return "it commits inside a block";
  }
  const added = statements.flatMap(
    ({ text }) => /\bADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')+')/i.exec(text)?.[1] ?? [],
  );
  const used = (value: string) => statements.filter(({ text }) => text.includes(value)).length > 1;
  return added.some(used) ? "it adds a value to a type and uses it" : undefined;
}

/**
 * Makes the unit of a group.
 * @param patience statement with the default limit for waiting for a lock in a transaction; empty if the file sets its own
 */
function unitOf(group: readonly Statement[], patience: string): Unit {
  const [first, ...rest] = group as [Statement, ...Statement[]];
  const joined = rest.slice(0, -1).map(({ text }) => text);
  if (isBegin(first)) return { kind: "transaction", text: [first.text, patience, ...joined].join("") };
  const text = first.text.trimEnd().endsWith(";") || /^COPY\b/i.test(first.code) ? first.text : `${first.text}\n;`;
  if (/^(SET|RESET)\b(?! LOCAL)|^SELECT (pg_catalog\.)?set_config\(/i.test(first.code))
    return { kind: "session", text };
  const [, index, table] = concurrentIndex.exec(first.code) ?? [];
  if (index && table) return { kind: "alone", text, index: { name: index, table } };
  const alone = refusedInTransaction(first.code) !== undefined || /^(DO|CALL)\b/i.test(first.code);
  return alone ? { kind: "alone", text } : { kind: "transaction", text: `BEGIN;${patience}\n${text}` };
}

/** Replaces statements by spaces, so that an error names the right line. */
function without(file: string, statements: readonly Statement[]): string {
  let text = file;
  for (const { offset, text: statement } of statements)
    text = text.slice(0, offset) + statement.replace(/[^\r\n]/g, " ") + text.slice(offset + statement.length);
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
