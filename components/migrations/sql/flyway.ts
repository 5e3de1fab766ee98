/** Migrations of Flyway: V1__name.sql, R__name.sql, U1__name.sql, and flyway_schema_history. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { pathsIn } from "../../kubernetes/mounted-files";
import { readSql, refuseTwice, type SqlFile, type SqlFiles, type Tool } from "./tool";

/** Version without leading zeros of its parts and trailing parts of zero, as Flyway compares it. */
const normal = (column: string) =>
  `regexp_replace(regexp_replace(regexp_replace(${column}, '_', '.', 'g'), '(^|\\.)0+(?=\\d)', '\\1', 'g'), '(\\.0)+$', '')`;
const parts = (key: string) => `string_to_array(${key}, '.')::numeric[]`;
/** Version of the baseline; below every version if there is none. */
const baseline = `(SELECT coalesce(max(${parts(normal("version"))}), '{-1}') FROM :_registry WHERE type ~ 'BASELINE$')`;

export const flyway: Tool = {
  read,
  registry: {
    table: "flyway_schema_history",
    locate: `SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relname = 'flyway_schema_history' AND relkind IN ('r', 'p') ORDER BY nspname <> current_schema(), nspname LIMIT 1`,
    home: true,
    create: `CREATE TABLE flyway_schema_history (
  installed_rank integer NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
  version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,
  checksum integer, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
  execution_time integer NOT NULL, success boolean NOT NULL
);
CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);`,
    // The last row of a version or a description counts. What is at or below a baseline counts as applied, whatever the
    // file says; so does a migration in Java, which has no file.
    applied: `SELECT * FROM (
  SELECT DISTINCT ON (key) key, script AS label, checksum::text AS checksum,
    CASE WHEN NOT success THEN 'failed' WHEN type ~ '^(UNDO_|DELETE)' THEN 'undone' ELSE 'applied' END AS state
  FROM (SELECT *, coalesce(${normal("version")}, 'R ' || description) AS key FROM :_registry) AS r
  WHERE type ~ '^(SQL$|UNDO_SQL$|DELETE$)' AND (version IS NULL OR ${parts("key")} > ${baseline})
  ORDER BY key, installed_rank DESC
) AS last WHERE state <> 'undone'
UNION ALL SELECT key, name, NULL, 'applied' FROM here WHERE key ~ '^\\d' AND ${parts("key")} <= ${baseline}
UNION ALL SELECT key, name, NULL, 'applied' FROM here WHERE key ~ '^B ' AND EXISTS (SELECT FROM :_registry WHERE type <> 'SCHEMA')`,
    record: `INSERT INTO :_registry
  (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
SELECT (SELECT coalesce(max(installed_rank), 0) + 1 FROM :_registry), row ->> 'version', row ->> 'description', 'SQL',
  row ->> 'script', checksum::integer, current_user, milliseconds, true FROM change`,
    // Flyway's own undo adds a row of the type UNDO_SQL, which its free edition cannot read.
    remove: `DELETE FROM :_registry AS r USING change WHERE ${normal("r.version")} = change.key`,
    // Java's hash code of the table's quoted name.
    lock: `77431708279161 + (WITH RECURSIVE hash (length, value) AS (
  SELECT 0, 0::bigint
  UNION ALL SELECT length + 1, (value * 31 + ascii(substr(name, length + 1, 1))) % 4294967296
  FROM hash, LATERAL (SELECT format('"%s"."%s"', nspname, relname) AS name FROM pg_class c
    JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = to_regclass(nullif(:'_registry', ''))) AS t WHERE length < length(name)
) SELECT value - CASE WHEN value >= 2147483648 THEN 4294967296 ELSE 0 END FROM hash ORDER BY length DESC LIMIT 1)`,
    failed: "undo by hand what it left, run flyway repair, and run up again.",
  },
};

/** Name of a versioned, baseline or undo migration. Flyway splits it at the first __. */
const versioned = /^([VBU])(\d+(?:[._]\d+)*)(?:__(.*))?\.sql$/is;
const repeatable = /^R__(.*)\.sql$/is;
/** SQL that Flyway runs beside the migrations. */
const callback =
  /^((before|after)(Each)?(Clean|Migrate|MigrateStatement|Undo|UndoStatement|Validate|Baseline|Repair|Info|Repeatables|Versioned|Connect|CreateSchema)(Error|Applied|Status|OperationFinish)*|createSchema)(__.*)?\.sql$/i;

function read(directory: string): SqlFiles {
  const paths = pathsIn(directory).filter((path) => /\.sql$/i.test(path) && !/(^|\/)\./.test(path));
  const called = paths.find((path) => callback.test(basename(path)));
  if (called)
    throw new Error(`${join(directory, called)} is a callback, which is not run here: set migrations.command`);
  const undo = new Map(paths.flatMap((path) => (kindOf(path) === "U" ? [[versionOf(path), path] as const] : [])));
  const of = (kind: Kind) => paths.filter((path) => kindOf(path) === kind);
  const versions = of("V")
    .map((path) => migration(directory, path, versionOf(path), undo.get(versionOf(path))))
    .sort((a, b) => byVersion(a.key, b.key));
  const baselines = of("B").map((path) => ({
    ...migration(directory, path, `B ${versionOf(path)}`),
    obstacle: "it is a baseline migration, which only Flyway runs, on an empty database",
  }));
  const repeatables = of("R")
    .map((path) => ({ ...migration(directory, path, `R ${descriptionOf(path)}`), repeatable: true }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const files = [...baselines, ...versions, ...repeatables];
  refuseTwice(directory, "version or description", files);
  const taken = files.flatMap(({ path, key }) => [path, undo.get(key)]);
  return { files, ignored: paths.filter((path) => !taken.includes(path)) };
}

type Kind = "V" | "B" | "U" | "R";

/** Returns the kind of a file. Undefined if Flyway ignores it. */
function kindOf(path: string): Kind | undefined {
  const name = basename(path);
  if (repeatable.test(name) && name.startsWith("R")) return "R";
  const prefix = versioned.exec(name)?.[1];
  return prefix && "VBU".includes(prefix) ? (prefix as Kind) : undefined;
}

/** Returns the version of a file, as Flyway compares it. */
function versionOf(path: string): string {
  const numbers = versioned
    .exec(basename(path))![2]!
    .split(/[._]/)
    .map((part) => BigInt(part));
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop();
  return numbers.join(".");
}

function byVersion(one: string, other: string): number {
  const [a, b] = [one, other].map((key) => key.split(".").map((part) => BigInt(part))) as [bigint[], bigint[]];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0n) - (b[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

const descriptionOf = (path: string) => (/__(.*)\.sql$/is.exec(basename(path))?.[1] ?? "").replaceAll("_", " ");

function migration(directory: string, path: string, key: string, undo?: string): SqlFile {
  const text = readSql(directory, path, true);
  const version = versioned.exec(basename(path))?.[2];
  const placeholder = placeholderIn(text);
  const description = descriptionOf(path);
  return {
    name: basename(path).replace(/\.sql$/i, ""),
    path,
    key,
    text,
    checksums: [String(checksum(text))],
    alone: isAlone(directory, path),
    undo: undo === undefined ? undefined : undoOf(directory, undo),
    obstacle: placeholder && `it has the placeholder ${placeholder}, whose value only Flyway knows`,
    row: {
      version: version?.replaceAll("_", ".") ?? null,
      description: description.length > 200 ? `${description.slice(0, 197)}...` : description,
      script: path,
    },
  };
}

const placeholderIn = (text: string) => /\$\{[^}]*\}/.exec(text)?.[0];

/** Reads what takes a migration back. With a placeholder, only Flyway can. */
function undoOf(directory: string, path: string): SqlFile["undo"] {
  const text = readSql(directory, path, true);
  return placeholderIn(text) === undefined ? { path, text } : undefined;
}

/** Computes Flyway's checksum: the CRC-32 of the lines without their ends, as a signed number. */
const checksum = (text: string) => crc32(text.replace(/[\r\n]/g, "")) | 0;

/** Reads a migration's own settings: `executeInTransaction=false` is the only one that is known here. */
function isAlone(directory: string, path: string): boolean | undefined {
  const file = `${path}.conf`;
  if (!existsSync(join(directory, file))) return undefined;
  const lines = readSql(directory, file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const other = lines.find((line) => !/^executeInTransaction\s*=\s*(true|false)$/.test(line));
  if (other) throw new Error(`${join(directory, file)} has "${other}": only executeInTransaction is known here`);
  return lines.some((line) => line.endsWith("false"));
}
