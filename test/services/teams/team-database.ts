/** Database of a team as it is before Runsheet comes, and its migrations as migrate.sh runs them in a pod. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { sqlSource, type SqlSourceArgs } from "../../../components/migrations/sql";
import { run } from "../../../lab/command";
import { written, type TeamMigration, type TeamMigrations } from "../../support/teams/migrations";
import { urlEnvironment } from "../../support/url-environment";
import { failureOf } from "../failure";
import type { TeamServer } from "./servers";
import type { Team } from "./teams";

export type Mode = "applied" | "check" | "deploy" | "deploy-together" | "revert" | "take-over" | "verify";

export class TeamDatabase {
  private constructor(
    readonly team: Team,
    readonly server: TeamServer,
    /** Directory of the team's migrations. A test may edit it. */
    readonly directory: string,
  ) {}

  /** Starts the team's server and makes the database on it: logins, what the tool applied, rows. */
  static async start(team: Team, podAddress?: string): Promise<TeamDatabase> {
    const server = await team.start(podAddress);
    try {
      const root = mkdtempSync(join(server.postgres.directory, "team-"));
      const database = new TeamDatabase(team, server, join(root, "migrations"));
      await database.setUp();
      return database;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** URL that the application gets. */
  databaseUrl(host?: string): string {
    const at = { login: this.team.application, host };
    return this.team.pooled ? this.server.pooled!(at) : this.server.direct(at);
  }

  /** URL for the migrations. */
  databaseDirectUrl(host?: string): string {
    return this.server.direct({ host });
  }

  get migrations(): readonly TeamMigration[] {
    return this.team.tool!.migrations.migrations;
  }

  /** Names of the migrations, in order. */
  get names(): string[] {
    return this.migrations.map(({ name }) => name);
  }

  /** Rows of the tool's table. */
  history(): Promise<Record<string, unknown>[]> {
    return this.query(this.team.tool!.by.rows);
  }

  /** Rows that the tool's table has once the first `count` migrations are applied. */
  expectedHistory(count = this.migrations.length): Record<string, unknown>[] {
    return this.migrations.slice(0, count).map(({ row }) => ({ ...row }));
  }

  /** Runs a query as the owner, over TCP: that starts a server that sleeps. */
  query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.connected(async (client) => (await client.query(text, [...values])).rows as Row[]);
  }

  /** Does some work with a connection of the owner's. */
  async connected<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({
      ...{ connectionString: this.databaseDirectUrl().replace(/\?.*/, ""), ssl: { ca: this.server.ca } },
    });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Number of rows of the table that nobody changes. */
  async kept(): Promise<number> {
    const [row] = await this.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${this.team.kept.table}`);
    return row!.rows;
  }

  /** Runs migrate.sh as a pod does. Throws CommandFailed with its output. */
  async migrate(mode: Mode, change = "any", args: Omit<SqlSourceArgs, "directory"> = {}): Promise<string> {
    const pod = this.pod(args);
    const { project } = sqlSource({ directory: this.directory, ...args });
    return run("sh", [join(pod, "migrate.sh"), mode, project, change], { env: this.environment() });
  }

  /** Applies what the tool has not applied. */
  async deployRest(): Promise<void> {
    for (const name of this.names.slice(this.team.tool!.applied)) await this.migrate("deploy", name);
  }

  /** Number of rows and a checksum of every table that the team and its tool made. */
  async checksums(): Promise<Record<string, string>> {
    const tables = await this.query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables
       WHERE schemaname IN ('public', 'supabase_migrations', 'drizzle', 'runsheet') AND tableowner = current_user ORDER BY 1`,
    );
    const found: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await this.query<{ sum: string }>(
        `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS sum FROM ${name} AS t`,
      );
      found[name] = row!.sum;
    }
    return found;
  }

  /** Output of a run that fails. */
  refused(mode: Mode, change?: string): Promise<string> {
    return failureOf(this.migrate(mode, change));
  }

  /** Writes the files that a pod of the migrations mounts. Returns their directory. */
  pod(args: Omit<SqlSourceArgs, "directory"> = {}): string {
    const pod = mkdtempSync(join(this.directory, "..", "pod-"));
    for (const [path, text] of Object.entries(sqlSource({ directory: this.directory, ...args }).files))
      writeFileSync(join(pod, path), text);
    return pod;
  }

  /** Variables of libpq's programs, as a pod of the migrations has them. */
  environment(): Record<string, string> {
    const { PATH } = this.server.postgres.environment(this.server.owner);
    // libpq looks for certificates in the user's home, which is another's when PostgreSQL's user runs the scripts.
    const home = this.server.postgres.directory;
    return { PATH: PATH!, HOME: home, ...urlEnvironment(this.databaseDirectUrl()), ...this.authority };
  }

  /** Variables with which a client verifies the server. */
  get authority(): Record<string, string> {
    return { PGSSLROOTCERT: this.server.caFile, PGSSLMODE: "verify-full" };
  }

  /** Replaces the migrations by others. */
  write(migrations: TeamMigrations): void {
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory);
    written(migrations, this.directory);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private async setUp(): Promise<void> {
    const { roles, tool, rows } = this.team;
    if (roles !== "") await this.query(roles);
    if (tool) {
      this.write(tool.migrations);
      await tool.by.apply(this, tool.migrations.migrations.slice(0, tool.applied));
    }
    await this.query(rows);
  }
}
