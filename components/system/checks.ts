/** What the runbooks' prerequisites have in common. `key` is the system's part of the configuration, for the way out. */
import type { Check } from "../checks";

/** The server is new enough. */
export const postgresAtLeast = (major: number, key: string): Check => ({
  name: `PostgreSQL ${major} or later`,
  sql: `SELECT current_setting('server_version_num')::int >= ${major * 10_000} AS supported, current_setting('server_version') AS version`,
  row: { supported: true },
  hint: `Upgrade the server to PostgreSQL ${major} or later, or point ${key}:postgres at another. If it was not reached, kubectl get clusters.postgresql.cnpg.io -A says what it does.`,
  withinSeconds: 60,
});

/** What the migrations refer to is there; `system` is the system's own name. */
export const existingSchema = (system: string, key: string, tables: readonly string[]): Check => ({
  name: `the existing ${system} schema`,
  sql: `SELECT ARRAY(SELECT name FROM unnest('{${tables.join(",")}}'::text[]) AS name WHERE to_regclass(name) IS NULL) AS missing`,
  row: { missing: [] },
  hint: `The database is not that of ${system}: point ${key}:postgres at the one that is, or set ${key}:baseline to true on a stack of its own.`,
  withinSeconds: 0,
});

/** The role may read and write the tables that are there already: those of the migrations are granted to it as they are made. */
export const rightsOn = (role: string, tables: readonly string[]): Check => ({
  name: `the rights of ${role}`,
  sql: `SELECT ARRAY(
      SELECT name || ' ' || privilege FROM unnest('{${tables.join(",")}}'::text[]) AS name, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
      WHERE NOT has_table_privilege('${role}', name, privilege)
    ) AS missing`,
  row: { missing: [] },
  hint: `GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(", ")} TO ${role};`,
  withinSeconds: 0,
});

/** The server is new enough; `matches` is what its version looks like, such as "[7-9]|\\d\\d". */
export const redisAtLeast = (version: string, matches: string, key: string): Check => ({
  name: `Redis ${version} or later`,
  redis: ["INFO", "server"],
  matches: `redis_version:(${matches})`,
  hint: `Upgrade the server to Redis ${version} or later, or point ${key}:redis at another.`,
  withinSeconds: 60,
});

/** What the database writes goes into its archive. The first base backup, which begins with the database, is the first to try. */
export const archiveWorks = (namespace: string): Check => ({
  name: "the archive of the write-ahead log",
  sql: `SELECT coalesce(last_archived_time > coalesce(last_failed_time, '-infinity'), false) AS works, last_archived_wal, last_failed_wal
    FROM pg_stat_archiver`,
  row: { works: true },
  hint: `Look at bucket, endpoint and keys of runsheet:backups, and why it failed: kubectl logs -n ${namespace} -l cnpg.io/instanceRole=primary -c plugin-barman-cloud.`,
  withinSeconds: 180,
});
