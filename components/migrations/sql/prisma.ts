/** Migrations of Prisma: a folder with migration.sql for each, and _prisma_migrations. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { filesIn, foldersIn, readSql, type SqlFile, type SqlFiles, type Tool } from "./tool";

export const prisma: Tool = {
  read,
  anyOrder: true,
  registry: {
    table: "_prisma_migrations",
    locate: `SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relname = '_prisma_migrations' AND relkind IN ('r', 'p') ORDER BY nspname <> current_schema(), nspname LIMIT 1`,
    home: true,
    create: `CREATE TABLE _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz,
  migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0
);`,
    applied: `SELECT DISTINCT ON (migration_name) migration_name AS key, migration_name AS label, checksum,
  CASE WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END AS state
FROM :_registry WHERE rolled_back_at IS NULL ORDER BY migration_name, finished_at DESC NULLS FIRST`,
    record: `INSERT INTO :_registry (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
SELECT gen_random_uuid()::text, checksum, name, clock_timestamp() - milliseconds * interval '1 ms', clock_timestamp(), 1 FROM change`,
    lock: "72707369",
    failed: "undo by hand what it left, run prisma migrate resolve --rolled-back with its name, and run up again.",
  },
};

const script = "migration.sql";

function read(directory: string): SqlFiles {
  const names = foldersIn(directory).sort((a, b) => a.localeCompare(b));
  const files = names.map((name): SqlFile => {
    const path = `${name}/${script}`;
    if (!existsSync(join(directory, path)))
      throw new Error(`${join(directory, name)} has no ${script}: restore it, or delete the folder`);
    const text = readSql(directory, path);
    return { name, path, key: name, text, checksums: checksums(text), row: {} };
  });
  return { files, ignored: filesIn(directory).filter((name) => name.endsWith(".sql")) };
}

/** Lists the checksum of a text, and those of other line ends: Prisma takes them for the same. */
function checksums(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n");
  const all = [text, lines, text.replaceAll("\n", "\r\n")].map((each) =>
    createHash("sha256").update(each).digest("hex"),
  );
  // Old versions of Prisma left out the leading zero of a byte.
  return [...all, ...all.map((hash) => hash.replace(/../g, (byte) => byte.replace(/^0/, "")))];
}
