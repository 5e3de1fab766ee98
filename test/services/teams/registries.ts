/**
 * Tables in which the tools record what is applied, written as their sources write them: Supabase CLI 3.1, Drizzle 0.45,
 * Flyway 11.20.
 */
import type { TeamMigration } from "../../support/teams/migrations";

export interface Registry {
  /** Statements that make the table. */
  readonly create: string;
  /** Statement that records a migration, and its values. */
  readonly record: (migration: TeamMigration) => readonly [string, readonly unknown[]];
  /** Query of all rows, in order, without what differs from run to run: the columns of `TeamMigration.row`. */
  readonly rows: string;
}

const insert = (into: string, { row }: TeamMigration) =>
  [
    `INSERT INTO ${into} (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row)
      .map((_, index) => `$${index + 1}`)
      .join(", ")})`,
    Object.values(row),
  ] as const;

export const supabase: Registry = {
  create: `CREATE SCHEMA IF NOT EXISTS supabase_migrations;
    CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY);
    ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[];
    ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text;`,
  record: (migration) => insert("supabase_migrations.schema_migrations", migration),
  rows: "SELECT version, name, statements FROM supabase_migrations.schema_migrations ORDER BY version",
};

export const drizzle: Registry = {
  create: `CREATE SCHEMA IF NOT EXISTS "drizzle";
    CREATE TABLE IF NOT EXISTS "drizzle"."__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);`,
  record: (migration) => insert('"drizzle"."__drizzle_migrations"', migration),
  rows: 'SELECT hash, created_at FROM "drizzle"."__drizzle_migrations" ORDER BY id',
};

export const flyway: Registry = {
  create: `CREATE TABLE "public"."flyway_schema_history" (
      "installed_rank" INT NOT NULL, "version" VARCHAR(50), "description" VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL,
      "script" VARCHAR(1000) NOT NULL, "checksum" INTEGER, "installed_by" VARCHAR(100) NOT NULL,
      "installed_on" TIMESTAMP NOT NULL DEFAULT now(), "execution_time" INTEGER NOT NULL, "success" BOOLEAN NOT NULL
    );
    ALTER TABLE "public"."flyway_schema_history" ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
    CREATE INDEX "flyway_schema_history_s_idx" ON "public"."flyway_schema_history" ("success");`,
  record: ({ row: { version, description, type, script, checksum, success } }) => [
    `INSERT INTO "public"."flyway_schema_history"
       (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
     SELECT coalesce(max(installed_rank), 0) + 1, $1, $2, $3, $4, $5, current_user, 12, $6 FROM "public"."flyway_schema_history"`,
    [version, description, type, script, checksum, success],
  ],
  rows: "SELECT version, description, type, script, checksum, success FROM flyway_schema_history ORDER BY installed_rank",
};
