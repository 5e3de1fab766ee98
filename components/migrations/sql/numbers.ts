/** Migrations without a tool: files whose names begin with a number, and runsheet.migrations. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { filesIn, readSql, refuseTwice, type SqlFile, type SqlFiles, type Tool } from "./tool";

const table = "runsheet.migrations";

export const numbers: Tool = {
  read,
  registry: {
    table,
    locate: `SELECT '${table}' WHERE to_regclass('${table}') IS NOT NULL`,
    create: `CREATE SCHEMA IF NOT EXISTS runsheet;
CREATE TABLE ${table} (
  number numeric PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL DEFAULT current_user
);`,
    applied: `SELECT number::text AS key, name AS label, sha256 AS checksum, 'applied' AS state FROM :_registry`,
    record: `INSERT INTO :_registry (number, name, sha256) SELECT key::numeric, name, checksum FROM change`,
    failed: "",
  },
};

const pattern = /^(\d+)([._-].*)?\.sql$/;

function read(directory: string): SqlFiles {
  const names = filesIn(directory);
  const both = names.find((name) => /\.(up|down)\.sql$/.test(name));
  if (both)
    throw new Error(
      `${join(directory, both)} belongs to a tool that has a file for each direction: set migrations.command`,
    );
  const other = names.find((name) => name.endsWith(".sql") && !pattern.test(name));
  if (other) throw new Error(`${join(directory, other)} has no number at its beginning: rename it, or move it away`);
  const files = names
    .filter((name) => pattern.test(name))
    .map((path): SqlFile => {
      const text = readSql(directory, path);
      return {
        name: path.slice(0, -".sql".length),
        path,
        key: String(BigInt(pattern.exec(path)![1]!)),
        text,
        checksums: [createHash("sha256").update(text).digest("hex")],
        row: {},
      };
    })
    .sort((a, b) => (BigInt(a.key) < BigInt(b.key) ? -1 : 1));
  refuseTwice(directory, "number", files);
  return { files, ignored: [] };
}
