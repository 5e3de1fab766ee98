/** Prerequisites that several runbooks have. `key` is the system's namespace in the configuration, for the hint. */
import type { Check } from "../checks";
import type { Step } from "../runbook";
import { applicationEnvironment, existingDatabase, existingSettings } from "./existing-database";
import type { Foundation } from "./foundation";
import type { CommonSettings } from "./settings";

/**
 * Seconds for which a rollout of the database's servers may make no progress: a server may have to pull its image and
 * replay WAL.
 */
const serverRolloutSeconds = 900;

/** Runs the prerequisites, once the database's servers run their image and settings: a changed one restarts them. */
export function checkPrerequisites(foundation: Foundation, prerequisites: readonly Check[], step: Step): void {
  const { description, args, database, checks, triggers } = foundation;
  const { server, rollout, revision } = database;
  const existing = existingSettings(args.settings);
  const run = {
    checks: [
      ...(existing ? existingDatabase(foundation, existing) : []),
      ...prerequisites,
      ...(server ? [archiveWorks(args.namespace)] : []),
    ],
    ...(existing && { environment: applicationEnvironment(foundation) }),
    trigger: [...triggers.prerequisites, ...(revision ? [revision] : [])],
    after: rollout && { rollouts: [rollout], seconds: serverRolloutSeconds },
  };
  checks.run(`${description.name}-prerequisites`, run, { parent: step });
}

/** Checks that the server is new enough. */
export const postgresAtLeast = (major: number, key: string): Check => ({
  name: `PostgreSQL ${major} or later`,
  sql: `SELECT current_setting('server_version_num')::int >= ${major * 10_000} AS supported, current_setting('server_version') AS version`,
  row: { supported: true },
  hint: `Upgrade the server to PostgreSQL ${major} or later, or point ${key}:postgres at another. If it was not reached, kubectl get clusters.postgresql.cnpg.io -A says what it does.`,
  withinSeconds: 60,
});

/** Checks that the tables that the migrations refer to exist. `system` is the system's own name. */
export const existingSchema = (system: string, key: string, tables: readonly string[]): Check => ({
  name: `the existing ${system} schema`,
  sql: `SELECT ARRAY(SELECT name FROM unnest('{${tables.join(",")}}'::text[]) AS name WHERE to_regclass(name) IS NULL) AS missing`,
  row: { missing: [] },
  names: true,
  hint: `The database is not that of ${system}: point ${key}:postgres at the one that is, or set ${key}:baseline to true on a stack of its own.`,
  withinSeconds: 0,
});

/** Columns of tables that were there before, as "schema.table.column", each with its type; "" is any. */
export type NeededColumns = Readonly<Record<string, string>>;

/** Checks that the existing tables have the columns that the migrations build on, with the types that these need. */
export const existingColumns = (columns: NeededColumns): Check => ({
  name: "the columns of the existing tables",
  sql: `SELECT ARRAY(
      SELECT name || coalesce(' is ' || format_type(atttypid, atttypmod), ' is missing')
      FROM unnest('{${Object.keys(columns).join(",")}}'::text[], '{${Object.values(columns)
        .map((type) => `"${type}"`)
        .join(",")}}'::text[]) WITH ORDINALITY AS needed (name, type, n)
      LEFT JOIN pg_attribute ON attrelid = to_regclass(substring(name FROM '^(.*)\\.')) AND attname = substring(name FROM '[^.]+$') AND NOT attisdropped
      WHERE attname IS NULL OR type <> '' AND format_type(atttypid, NULL) <> type ORDER BY n
    ) AS wrong`,
  row: { wrong: [] },
  names: true,
  hint: `The migrations need ${Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`.trim())
    .join(", ")}. Add what is missing, or bring migrations of your own (migrations).`,
  withinSeconds: 0,
});

/** Checks that each of these columns is unique, without which no foreign key can refer to it. */
export const uniqueColumns = (columns: readonly string[]): Check => ({
  name: "the keys of the existing tables",
  sql: `SELECT ARRAY(
      SELECT name FROM unnest('{${columns.join(",")}}'::text[]) AS name WHERE NOT EXISTS (
        SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = to_regclass(substring(name FROM '^(.*)\\.')) AND attname = substring(name FROM '[^.]+$')
          AND indnkeyatts = 1 AND indisunique AND indisvalid AND indimmediate AND indpred IS NULL AND indexprs IS NULL
      )
    ) AS not_unique`,
  row: { not_unique: [] },
  names: true,
  hint: "The migrations make foreign keys that refer to them: make each a primary key, or UNIQUE.",
  withinSeconds: 0,
});

/** Checks that a role may read and write the existing tables. The migrations grant it those that they create. */
export const rightsOn = (role: string, tables: readonly string[]): Check => ({
  name: `the rights of ${role}`,
  sql: `SELECT ARRAY(
      SELECT name || ' ' || privilege FROM unnest('{${tables.join(",")}}'::text[]) AS name, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
      WHERE NOT has_table_privilege('${role}', name, privilege)
    ) AS missing`,
  row: { missing: [] },
  names: true,
  hint: `GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(", ")} TO ${role};`,
  withinSeconds: 0,
});

/**
 * Checks that the server is new enough.
 * @param matches regular expression for its version, such as "[7-9]|\\d\\d"
 */
export const redisAtLeast = (version: string, matches: string, key: string, redis: CommonSettings["redis"]): Check => ({
  name: `Redis ${version} or later`,
  redis: ["INFO", "server"],
  matches: `redis_version:(${matches})`,
  hint: `Upgrade the server to Redis ${version} or later, or point ${key}:redis at another.${redis?.engine === "external" ? notReached(key) : ""}`,
  withinSeconds: 60,
});

/** Checks that Redis answers, where the runbook asks for no version. */
export const redisAnswers = (key: string, redis: CommonSettings["redis"]): Check => ({
  name: "Redis answers",
  redis: ["PING"],
  matches: "^PONG$",
  hint: `Look at the server that ${key}:redis names, and at its password.${redis?.engine === "external" ? notReached(key) : ""}`,
  withinSeconds: 60,
});

const notReached = (key: string) =>
  ` If it was not reached, correct ${key}:redisUrl, which begins with rediss:// if the server demands TLS; if its certificate is of an authority of your own, set ${key}:redis.ca.`;

/**
 * Checks that the database's WAL reaches its archive. The first base backup, which starts with the database, tries it
 * first. A server that crashed has forgotten what it archived, and an idle one archives nothing: so the check writes to
 * the log, and waits until archive_timeout has switched it. After a crash PostgreSQL may look at archive_timeout only once
 * checkpoint_timeout is over, which is 5 min by default.
 */
export const archiveWorks = (namespace: string): Check => ({
  name: "the archive of the write-ahead log",
  sql: `SELECT coalesce(last_archived_time > coalesce(last_failed_time, '-infinity'), false) AS works, last_archived_wal, last_failed_wal,
      pg_logical_emit_message(false, 'runsheet', 'is the log archived?') AS written
    FROM pg_stat_archiver`,
  row: { works: true },
  hint: `Look at bucket, endpoint and keys of runsheet:backups, and why it failed: kubectl logs -n ${namespace} -l cnpg.io/instanceRole=primary -c plugin-barman-cloud. If it did not fail, and checkpoint_timeout is more than 5 min: after a crash nothing is archived before that, so run up again then.`,
  withinSeconds: 420,
});
