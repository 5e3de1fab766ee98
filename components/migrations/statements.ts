/** The statements of an SQL file, split as psql splits them and read by PostgreSQL's parser. */
import { parse, SyntaxProblem, tokensOf, type Node } from "./parser";

/** A statement with the comments before it. */
export interface Statement {
  /** Text as written, with the semicolon; with its data, if it is COPY FROM STDIN. */
  readonly text: string;
  /** Text for the server, of the same length: spaces for comments and for psql's commands, and no data. */
  readonly sql: string;
  /** Offset of the text in the file. */
  readonly offset: number;
  /** psql's commands in it and before it, without their backslash and arguments, such as "gexec". */
  readonly commands: readonly string[];
  /** True if commands of psql's in it choose what of it the server gets. */
  readonly isChosen: boolean;
}

/** A statement as the parser reads it. */
export interface ParsedStatement extends Statement {
  /** Undefined if variables or commands of psql's are in the way. */
  readonly node?: Node;
}

export interface SplitOptions {
  /** True if the file is psql's: it may have psql's commands and variables. Default: false. They are refused. */
  readonly psql?: boolean;
}

/**
 * Splits a file into its statements.
 * @throws Error with the line, if a string or a comment does not end, or a backslash begins a command of psql's
 */
export function statementsOf(file: string, options: SplitOptions = {}): Statement[] {
  const statements: Statement[] = [];
  let offset = 0;
  while (offset < file.length) {
    const { empty, ...statement } = nextStatement(file, offset, options);
    // What follows the last semicolon is white space and comments, or a statement without one.
    if (!empty || statement.commands.length > 0) statements.push(statement);
    offset = statement.offset + statement.text.length;
  }
  return statements;
}

/**
 * Splits a file into its statements and reads each.
 * @throws Error with the line, and with what the parser says, if it is no SQL
 */
export const parsedStatementsOf = (file: string, options: SplitOptions = {}): ParsedStatement[] =>
  statementsOf(file, options).map((statement) => {
    try {
      return { ...statement, node: statement.isChosen ? undefined : nodeOf(statement.sql, options) };
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      const offset = statement.offset + [...statement.sql].slice(0, error.position).join("").length;
      const line = lineAt(file, offset);
      throw new Error(`line ${line} is no SQL that PostgreSQL's parser takes: ${error.message}`, { cause: error });
    }
  });

/** Number of the line that an offset is in. */
export const lineAt = (file: string, offset: number) => file.slice(0, offset).split("\n").length;

/** Number of the line in which a statement begins, after the comments before it. */
export const lineOf = (file: string, { offset, sql }: Statement) => lineAt(file, offset + sql.search(/\S|$/));

/**
 * Reads a statement. psql puts the values of variables into it before the server gets it: `:'name'` and `:"name"` are read as the
 * string and the name between the marks, `:name` as a column or a table. Where that is no SQL, the value decides, and nobody
 * knows what it is.
 */
function nodeOf(sql: string, { psql }: SplitOptions): Node | undefined {
  try {
    return parse(sql)[0];
  } catch (error) {
    const tokens = psql ? tokensOf(sql) : [];
    const variables = tokens.filter(({ text, end }, index) => {
      const next = tokens[index + 1];
      return text === ":" && next?.start === end && /^['"\p{L}_{]/u.test(next.text);
    });
    if (variables.length === 0) throw error;
    const bytes = Buffer.from(sql);
    for (const { start } of variables) bytes.write(" ", start);
    try {
      return parse(bytes.toString())[0];
    } catch {
      return undefined;
    }
  }
}

/** Parts of a statement that are not code, each with what ends it. */
const comment = /--[^\n\r]*/y;
const dollar = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const string = /'(?:[^']|'')*'/y;
const escaped = /[Ee]'(?:[^'\\]|''|\\[\s\S])*'/y;
const identifier = /"(?:[^"]|"")*"/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
/** A command of psql's whose argument is the rest of its line. */
const wholeLine = /\\(?:!|(?:copy|h|help|ef|ev|sf|sv)(?=\s))[^\n\r]*/y;
/** Another one reaches to the end of its line, to the next command or to two backslashes; a string with a backslash is one part. */
const command = /\\[^\s\\]*(?:'(?:[^'\\\n\r]|\\.|'')*'|"[^"\n\r]*"|`[^`\n\r]*`|['"`][^\n\r]*|[^\\\n\r'"`])*(?:\\\\)?/y;

/** Commands of psql's that send the statement before them. */
const sending = /^(g|gx|gset|gexec|gdesc|crosstabview|watch|parse)$/;

/** Commands of psql's that leave out a part of the statement that they are in. */
const choosing = /^(if|elif|else)$/;

function nextStatement(
  file: string,
  start: number,
  { psql = false }: SplitOptions,
): Statement & { readonly empty: boolean } {
  let position = start;
  let sql = "";
  let empty = true;
  let isChosen = false;
  let parentheses = 0;
  const commands: string[] = [];
  const body = new AtomicBody();
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(file)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  const fail = (problem: string): never => {
    throw new Error(`line ${lineAt(file, position)} ${problem}`);
  };
  let data = false;
  while (position < file.length) {
    const from = position;
    const next = file[position]!;
    let taken: string | undefined;
    let isCode = true;
    if (take(comment) !== undefined) isCode = false;
    else if (file.startsWith("/*", position)) {
      position = endOfComment(file, position) ?? fail("begins a comment that does not end");
      isCode = false;
    } else if ((taken = take(dollar)) !== undefined) {
      const end = file.indexOf(taken, position);
      if (end < 0) fail(`begins a string with ${taken} that does not end`);
      position = end + taken.length;
    } else if (take(escaped) !== undefined || take(string) !== undefined || take(identifier) !== undefined) {
      // Taken whole.
    } else if (next === "'" || next === '"') fail(`begins a string with ${next} that does not end`);
    else if (next === "\\") {
      if (!psql) fail("has a backslash outside of a string: a command of psql's, which no migration tool knows");
      isCode = false;
      // "\;" is a semicolon that psql does not send at once.
      if (file.startsWith("\\;", position)) {
        position += 2;
        sql += "  ";
        break;
      }
      const name = /^\\([^\s\\]*)/.exec((take(wholeLine) ?? take(command))!)![1]!;
      commands.push(name);
      isChosen ||= choosing.test(name) && !empty;
      if (sending.test(name) && !empty) {
        sql += blank(file.slice(from, position));
        break;
      }
      data = name === "copy" && /\bfrom\s+p?stdin\b/i.test(file.slice(from, position));
      if (data) {
        sql += blank(file.slice(from, position));
        break;
      }
    } else if ((taken = take(word)) !== undefined) body.meet(taken.toUpperCase());
    else {
      position += 1;
      if (next === "(") parentheses += 1;
      if (next === ")" && parentheses > 0) parentheses -= 1;
      if (next === ";" && parentheses === 0 && !body.open) {
        sql += next;
        break;
      }
      isCode = !/\s/.test(next);
    }
    empty &&= !isCode;
    sql += isCode ? file.slice(from, position) : blank(file.slice(from, position));
  }
  if (data || (body.begins("COPY") && readsInput(sql, { psql }))) position = endOfData(file, position);
  return { text: file.slice(start, position), sql, offset: start, commands, isChosen, empty };
}

/** Replaces everything but the ends of lines by spaces. */
export const blank = (text: string) => text.replace(/[^\r\n]/g, " ");

/** True if the rows of a COPY follow it. */
function readsInput(sql: string, options: SplitOptions): boolean {
  try {
    const node = nodeOf(sql, options);
    return (
      node !== undefined &&
      "CopyStmt" in node &&
      node.CopyStmt.is_from === true &&
      !node.CopyStmt.filename &&
      !node.CopyStmt.is_program
    );
  } catch {
    // Whoever parses the statement says so.
    return false;
  }
}

/** Body of a function in SQL: BEGIN ATOMIC ... END, whose semicolons end no statement. It is found as psql finds it. */
class AtomicBody {
  private depth = 0;
  private readonly first: string[] = [];

  get open(): boolean {
    return this.depth > 0;
  }

  /** True if the statement begins with the word. */
  begins(word: string): boolean {
    return this.first[0] === word;
  }

  meet(word: string): void {
    if (this.first.length < 4) this.first.push(word);
    if (!/^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/.test(this.first.join(" "))) return;
    if (word === "BEGIN" || (word === "CASE" && this.open)) this.depth += 1;
    else if (word === "END" && this.open) this.depth -= 1;
  }
}

/** Finds the end of a comment, which may contain others. */
function endOfComment(file: string, start: number): number | undefined {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(file); match; match = mark.exec(file)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return undefined;
}

/** Finds the end of COPY's data: the line with a backslash and a dot. */
function endOfData(file: string, start: number): number {
  const end = /^\\\.[ \t]*\r?$\n?/gm;
  end.lastIndex = start;
  return end.exec(file) ? end.lastIndex : file.length;
}
