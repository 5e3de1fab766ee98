/** Script that runs the statements of a file one by one, and goes on where an interrupted run ended. */
import { HashOfList } from "../../identity/hash";

/** Statements that are done or not done as a whole. */
export interface Unit {
  /** `transaction`: begins one, which is to be ended; `alone`: can be in none; `session`: a setting, which every run needs. */
  readonly kind: "transaction" | "alone" | "session";
  readonly text: string;
  /** Index that it builds concurrently, and the index's table, as the file writes them. Default: none. */
  readonly index?: { readonly name: string; readonly table: string };
}

/**
 * Makes a script for psql. The table runsheet.unfinished says how many units are done: by a hash of them, so that a
 * file that was edited after a failure goes on only if it still begins with what is done.
 *
 * The caller sets psql's variable `_change`, and deletes the row once the change is recorded.
 */
export function statementScript(units: readonly Unit[]): string {
  const done = new HashOfList();
  const doneAfter = units.map((unit) => done.with(unit));
  return [
    begin(["nothing", ...doneAfter]),
    ...units.map((unit, index) => unitScript(unit, index, doneAfter[index]!)),
  ].join("\n");
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const begin = (states: readonly string[]) => `CREATE SCHEMA IF NOT EXISTS runsheet;
CREATE TABLE IF NOT EXISTS runsheet.unfinished
  (change text PRIMARY KEY, done text NOT NULL, started_at timestamptz NOT NULL DEFAULT now());
SELECT EXISTS (SELECT FROM runsheet.unfinished WHERE change = :'_change') AS _resumed \\gset
INSERT INTO runsheet.unfinished (change, done) VALUES (:'_change', 'nothing') ON CONFLICT DO NOTHING;
SELECT coalesce(array_position(ARRAY[${states.map(literal).join(", ")}], done), 0) - 1 AS _done,
  array_position(ARRAY[${states.map(literal).join(", ")}], done) IS NULL AS _edited, started_at AS _began
FROM runsheet.unfinished WHERE change = :'_change' \\gset
\\if :_edited
SELECT format('an earlier run of %s began at %s and did part of it, and the file does not begin with that part any more',
  :'_change', :'_began') AS problem,
  'Put that part back. Or undo it by hand, and DELETE FROM runsheet.unfinished.' AS hint \\gset
\\i refuse.sql
\\endif
`;

function unitScript({ kind, text, index }: Unit, position: number, done: string): string {
  if (kind === "session") return text;
  const record = `UPDATE runsheet.unfinished SET done = ${literal(done)} WHERE change = :'_change';`;
  const run =
    kind === "transaction" ? `${text}\n${record}\nCOMMIT;` : `${index ? build(text, index) : text}\n${record}`;
  return `SELECT :_done <= ${position} AS _due \\gset\n\\if :_due\n${run}\n\\endif\n`;
}

/** A build that failed or was killed leaves an invalid index; one that was killed at its end leaves a valid one. */
function build(text: string, { name, table }: { readonly name: string; readonly table: string }): string {
  const found = `FROM pg_catalog.pg_index JOIN pg_catalog.pg_class c ON c.oid = indexrelid
WHERE indrelid = to_regclass(${literal(table)}) AND c.relname = (parse_ident(${literal(name)}))[1]`;
  return `SELECT format('DROP INDEX CONCURRENTLY %s', indexrelid::regclass) ${found} AND NOT indisvalid \\gexec
SELECT :'_resumed'::boolean AND EXISTS (SELECT ${found}) AS _built \\gset
\\if :_built
\\else
${text}
\\endif`;
}
