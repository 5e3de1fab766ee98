/** Migrations of Drizzle: meta/_journal.json with NNNN_name.sql, and drizzle.__drizzle_migrations. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { readText } from "../../identity/text-file";
import { filesIn, readSql, refuseTwice, type SqlFile, type SqlFiles, type Tool } from "./tool";

const table = "drizzle.__drizzle_migrations";
export const journalFile = "meta/_journal.json";

export const drizzle: Tool = {
  read,
  registry: {
    table,
    locate: `SELECT '${table}' WHERE to_regclass('${table}') IS NOT NULL`,
    create: `CREATE SCHEMA IF NOT EXISTS drizzle;
CREATE TABLE IF NOT EXISTS ${table} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);`,
    applied: `SELECT created_at::text AS key, 'of ' || to_timestamp(created_at / 1000.0) AS label, hash AS checksum, 'applied' AS state
FROM :_registry`,
    record: `INSERT INTO :_registry (hash, created_at) SELECT checksum, (row ->> 'when')::bigint FROM change`,
    // Drizzle takes what is older than the newest row for applied.
    passed: "h.key::bigint < (SELECT max(key::bigint) FROM applied)",
    failed: "",
  },
};

const journal = z.object({
  entries: z.array(z.object({ when: z.int(), tag: z.string() })),
});

function read(directory: string): SqlFiles {
  const files = entriesOf(directory).map(({ tag, when }): SqlFile => {
    const path = `${tag}.sql`;
    const text = readSql(directory, path);
    const lines = text.replaceAll("\r\n", "\n");
    // Git may have changed the line ends, and Drizzle never compares.
    const checksums = [text, lines, lines.replaceAll("\n", "\r\n")].map(sha256);
    return { name: tag, path, key: String(when), text, checksums, row: { when } };
  });
  refuseTwice(directory, `time ("when" in ${journalFile})`, files);
  const known = files.map(({ path }) => path);
  return { files, ignored: filesIn(directory).filter((name) => name.endsWith(".sql") && !known.includes(name)) };
}

function entriesOf(directory: string): readonly { readonly when: number; readonly tag: string }[] {
  const file = join(directory, journalFile);
  const text = readText(file);
  try {
    return journal.parse(JSON.parse(text)).entries;
  } catch (error) {
    throw new Error(`${file} is not Drizzle's journal: make it again with drizzle-kit`, { cause: error });
  }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
