/** A tool whose migrations are files of SQL: what it reads, and the table in which it records what is applied. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decoded, isFile, isLeftBehind } from "../../identity/text-file";

/** A migration as its tool reads it. */
export interface SqlFile {
  /** Name of the change, by which people know it: that of the file, without .sql, or of its folder. */
  readonly name: string;
  /** Path below the directory. */
  readonly path: string;
  /** Identity in the tool's table: `key` of `Registry.applied`. */
  readonly key: string;
  /** Text without a byte order mark. */
  readonly text: string;
  /** Checksums of this text that the tool may have recorded. Empty if its table has none. */
  readonly checksums: readonly string[];
  /** True if it is applied again whenever its checksum changes. Default: false. */
  readonly repeatable?: boolean;
  /** True if it is to run outside of a transaction. Default: the statements decide. */
  readonly alone?: boolean;
  /** File that takes it back. Default: none. */
  readonly undo?: { readonly path: string; readonly text: string };
  /** Reason why Runsheet cannot apply it, though the tool can. It is not read as SQL then. Default: it can. */
  readonly obstacle?: string;
  /** Values for `Registry.record`. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** Migrations of a directory in the tool's order, and the .sql files that the tool takes for none. */
export interface SqlFiles {
  readonly files: readonly SqlFile[];
  readonly ignored: readonly string[];
}

/** Table in which a tool records what is applied, as SQL. */
export interface Registry {
  /** Name of the table for messages. */
  readonly table: string;
  /** Query of the table's name, quoted and with its schema. No row if the table does not exist. */
  readonly locate: string;
  /** True if the tool puts the table's schema first in the search path. Default: false. */
  readonly home?: boolean;
  /** Program of psql's that adds to the table what old versions of the tool left out. Default: nothing. */
  readonly upgrade?: string;
  /** Statements that create the table. */
  readonly create: string;
  /**
   * Query of what is applied in the table `:_registry`, with the columns `key`; `label`, a name for messages; `checksum`,
   * NULL if the tool has none of it; `state`, "applied" or "failed". `here` are the files' keys (`key`, `name`).
   */
  readonly applied: string;
  /** Statement that records the row of `change`: `name`, `key`, `checksum`, `row`, and `milliseconds` of its run. */
  readonly record: string;
  /** Statement that removes the record of the change. Default: the tool has no way back. */
  readonly remove?: string;
  /** Condition on `here` of a file that the tool will never apply, though it is not applied. Default: there is none. */
  readonly passed?: string;
  /** Expression of the advisory lock that the tool holds while it applies. Default: it takes none. */
  readonly lock?: string;
  /** Way out of a migration that the tool says failed. */
  readonly failed: string;
}

export interface Tool {
  /** Reads a directory. @throws Error that names the file and what to do */
  readonly read: (directory: string) => SqlFiles;
  readonly registry: Registry;
  /** True if the tool applies a migration that comes before applied ones. Default: that is refused. */
  readonly anyOrder?: boolean;
}

/** Names of a directory's files, in the order of their bytes. */
export const filesIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter(isFile)
    .map(({ name }) => name)
    .filter((name) => !isLeftBehind(name))
    .sort();

/** Names of a directory's folders, in the order of their bytes. */
export const foldersIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/**
 * Reads a file of SQL.
 * @param mark true if the tool takes a byte order mark. Default: false
 * @throws Error that names the file, and the byte if it is not UTF-8
 */
export function readSql(directory: string, path: string, mark = false): string {
  const file = join(directory, path);
  if (!existsSync(file)) throw new Error(`${file} does not exist: restore it`);
  const text = decoded(readFileSync(file), file);
  if (!text.startsWith("\uFEFF")) return text;
  if (!mark) throw new Error(`${file} begins with a byte order mark: save it as UTF-8 without one`);
  return text.slice(1);
}

/** @throws Error that names both files, if two have the same key */
export function refuseTwice(directory: string, what: string, files: readonly SqlFile[]): void {
  const seen = new Map<string, SqlFile>();
  for (const file of files) {
    const other = seen.get(file.key);
    if (other)
      throw new Error(`${join(directory, other.path)} and ${join(directory, file.path)} have the same ${what}`);
    seen.set(file.key, file);
  }
}
