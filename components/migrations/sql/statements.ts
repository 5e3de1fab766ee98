/** The statements of an SQL file, split as psql splits them. */

/** A statement with the comments before it. */
export interface Statement {
  /** Text as written, with the semicolon; with its data, if it is COPY FROM STDIN. */
  readonly text: string;
  /** Text without comments and without what strings contain, on one line, for a search of words. */
  readonly code: string;
  /** Offset of the text in the file. */
  readonly offset: number;
}

/**
 * Splits a file into its statements.
 * @throws Error with the line, if a string or a comment does not end, or a backslash begins a command of psql's
 */
export function statementsOf(file: string): Statement[] {
  const statements: Statement[] = [];
  let offset = 0;
  while (offset < file.length) {
    const statement = nextStatement(file, offset);
    // What follows the last semicolon is white space and comments, or a statement without one.
    if (statement.code !== "") statements.push(statement);
    offset = statement.offset + statement.text.length;
  }
  return statements;
}

/** Number of the line that an offset is in. */
export const lineAt = (file: string, offset: number) => file.slice(0, offset).split("\n").length;

/** Parts of a statement that are not code, each with what ends it. */
const comment = /--[^\n\r]*/y;
const dollar = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const string = /'(?:[^']|'')*'/y;
const escaped = /[Ee]'(?:[^'\\]|''|\\[\s\S])*'/y;
const identifier = /"(?:[^"]|"")*"/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;

function nextStatement(file: string, start: number): Statement {
  let position = start;
  let code = "";
  let parentheses = 0;
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
  while (position < file.length) {
    const next = file[position]!;
    let taken: string | undefined;
    if (take(comment) !== undefined) code += " ";
    else if (file.startsWith("/*", position)) {
      position = endOfComment(file, position) ?? fail("begins a comment that does not end");
      code += " ";
    } else if ((taken = take(dollar)) !== undefined) {
      const end = file.indexOf(taken, position);
      if (end < 0) fail(`begins a string with ${taken} that does not end`);
      position = end + taken.length;
      code += "''";
    } else if (take(escaped) !== undefined || take(string) !== undefined) code += "''";
    else if ((taken = take(identifier)) !== undefined) code += taken;
    else if (next === "'" || next === '"') fail(`begins a string with ${next} that does not end`);
    else if (next === "\\")
      fail("has a backslash outside of a string: a command of psql's, which no migration tool knows");
    else if ((taken = take(word)) !== undefined) {
      body.meet(taken.toUpperCase());
      code += taken;
    } else {
      position += 1;
      if (next === "(") parentheses += 1;
      if (next === ")" && parentheses > 0) parentheses -= 1;
      if (next === ";" && parentheses === 0 && !body.open) break;
      code += /\s/.test(next) ? " " : next;
    }
  }
  code = code.replace(/ +/g, " ").trim();
  if (/^COPY\b.* FROM STDIN\b/i.test(code)) position = endOfData(file, position);
  return { text: file.slice(start, position), code, offset: start };
}

/** Body of a function in SQL: BEGIN ATOMIC ... END, whose semicolons end no statement. It is found as psql finds it. */
class AtomicBody {
  private depth = 0;
  private readonly first: string[] = [];

  get open(): boolean {
    return this.depth > 0;
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
