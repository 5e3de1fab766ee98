/**
 * Tools that have applied a team's first migrations: the real Drizzle and Flyway. The Supabase CLI needs Docker, so its
 * table is written as its source writes it (3.1).
 */
import { drizzle as drizzleOn } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { drizzleJournal, written, type TeamMigration } from "../../support/teams/migrations";
import { flywayInstalled, runFlyway } from "../migrations/flyway";
import type { TeamDatabase } from "./team-database";

export interface MigrationTool {
  /** Applies these migrations to a new database, and records them. */
  readonly apply: (database: TeamDatabase, migrations: readonly TeamMigration[]) => Promise<void>;
  /** Query of all rows of its table, in order, without what differs from run to run: the columns of `TeamMigration.row`. */
  readonly rows: string;
}

export const supabase: MigrationTool = {
  rows: "SELECT version, name, statements FROM supabase_migrations.schema_migrations ORDER BY version",
  async apply(database, migrations) {
    await database.query(`CREATE SCHEMA IF NOT EXISTS supabase_migrations;
      CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY);
      ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[];
      ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text;`);
    for (const { path, row } of migrations) {
      await run(
        "psql",
        ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", join(database.directory, path)],
        { env: database.environment() },
      );
      const record =
        "INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES ($1, $2, $3)";
      await database.query(record, [row.version, row.name, row.statements]);
    }
  },
};

export const drizzle: MigrationTool = {
  rows: 'SELECT hash, created_at FROM "drizzle"."__drizzle_migrations" ORDER BY id',
  async apply(database, migrations) {
    const folder = mkdtempSync(join(database.directory, "..", "drizzle-"));
    written({ migrations, files: drizzleJournal(migrations) }, folder);
    await database.connected((client) => migrate(drizzleOn(client), { migrationsFolder: folder }));
  },
};

export const flyway: MigrationTool = {
  rows: "SELECT version, description, type, script, checksum, success FROM flyway_schema_history ORDER BY installed_rank",
  async apply(database, migrations) {
    await flywayInstalled();
    const { hostname, port, pathname, username, password } = new URL(database.databaseDirectUrl());
    const tls = `sslmode=verify-full&sslrootcert=${database.server.caFile}`;
    const login = {
      url: `jdbc:postgresql://${hostname}:${port}${pathname}?${tls}`,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
    await runFlyway(login, database.directory, `-target=${String(migrations.at(-1)!.row.version)}`, "migrate");
  },
};
