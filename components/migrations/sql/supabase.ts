/** Migrations of the Supabase CLI: `<timestamp>_name.sql` in one directory, and supabase_migrations.schema_migrations. */
import { createHash } from "node:crypto";
import { statementsOf } from "../statements";
import { filesIn, readSql, refuseTwice, type SqlFile, type SqlFiles, type Tool } from "./tool";

const table = "supabase_migrations.schema_migrations";

export const supabase: Tool = {
  read,
  registry: {
    table,
    locate: `SELECT '${table}' WHERE to_regclass('${table}') IS NOT NULL`,
    create: `CREATE SCHEMA IF NOT EXISTS supabase_migrations;
CREATE TABLE IF NOT EXISTS ${table} (version text NOT NULL PRIMARY KEY);
ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS statements text[];
ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name text;`,
    // Read as JSON, since tables that old versions of the tool made lack the columns name and statements.
    applied: `SELECT version AS key, concat_ws('_', version, nullif(r ->> 'name', '')) AS label,
  (SELECT md5(translate(string_agg(value, ''), E' \\t\\n\\x0b\\f\\r;', ''))
   FROM json_array_elements_text(CASE json_typeof(r -> 'statements') WHEN 'array' THEN r -> 'statements' END)) AS checksum, 'applied' AS state
FROM :_registry AS t, LATERAL row_to_json(t) AS r`,
    record: `INSERT INTO :_registry (version, name, statements)
SELECT row ->> 'version', row ->> 'name', ARRAY(SELECT json_array_elements_text(row -> 'statements')) FROM change`,
    // Old versions of the tool had a table of versions only.
    upgrade: `SELECT format('ALTER TABLE ${table} ADD COLUMN %I %s', attribute, type)
FROM (VALUES ('statements', 'text[]'), ('name', 'text')) AS wanted (attribute, type)
WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = attribute) \\gexec`,
    failed: "",
  },
};

const pattern = /^(\d+)_(.*)\.sql$/;
/** A first file of this name and an old timestamp is one that the tool made itself, and leaves out. */
const oldInit = /^(\d{14})_init\.sql$/;

function read(directory: string): SqlFiles {
  const names = filesIn(directory);
  const init = oldInit.exec(names[0] ?? "")?.[1];
  const taken = names.filter(
    (name, index) => pattern.test(name) && !(index === 0 && init !== undefined && init < "20211209000000"),
  );
  const files = taken.map((path): SqlFile => {
    const [, version, name] = pattern.exec(path)! as unknown as [string, string, string];
    const text = readSql(directory, path);
    return {
      name: path.slice(0, -".sql".length),
      path,
      key: version,
      text,
      checksums: [checksum(text)],
      alone: /^-- pg-delta: transaction=false\r?\n/.test(text) || undefined,
      row: { version, name, statements: splitAsSupabase(text) },
    };
  });
  files.sort((a, b) => (a.key < b.key ? -1 : 1));
  refuseTwice(directory, "version", files);
  return { files, ignored: names.filter((name) => name.endsWith(".sql") && !taken.includes(name)) };
}

/** Splits a text into what the tool records: each statement without its semicolon, and a comment at the end. */
function splitAsSupabase(text: string): string[] {
  const statements = statementsOf(text);
  const last = statements.at(-1);
  const rest = text.slice(last ? last.offset + last.text.length : 0).replace(/^[\s;]+/, "");
  return [...statements.map((each) => each.text), rest].map((each) => each.replace(/;+$/, "").trim()).filter(Boolean);
}

/**
 * Identifies a text. The table has no checksum, but the statements, which each version of the tool splits in its own
 * way: without white space and semicolons they are the same.
 */
function checksum(text: string): string {
  return createHash("md5")
    .update(text.replace(/[ \t\n\v\f\r;]/g, ""))
    .digest("hex");
}
