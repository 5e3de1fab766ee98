/** A system's database as its runbook finds it, on a throw-away PostgreSQL, with Sqitch to migrate it. */
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../lab/command";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "./postgres";

const root = resolve(__dirname, "../..");
/** What every project's scripts may include. */
const included = join(root, "components", "migrations", "in-pod", "included");
/** What Supabase provides, for the systems that were built on it. */
export const supabase = join(root, "components", "postgres", "supabase.sql");

/** What the tests know of a system. */
export interface SystemDefinition {
  /** The system's name, which its database and the database's owner have as well. */
  readonly name: string;
  /** The system's directory. Default: its own in systems/. */
  readonly directory?: string;
  /** SQL that makes the roles beside the owner, as the Postgres component does; run by the superuser. */
  readonly roles: string;
  /** SQL that makes the extensions, as the Postgres component does; run by the superuser. Default: none. */
  readonly extensions?: string;
  /** What is there before the runbook begins: scripts, run by the owner. */
  readonly baseline: readonly string[];
  /** The changes in the runbook's order. */
  readonly changes: readonly string[];
  /** The tables that the changes make. */
  readonly tables: readonly string[];
}

/** A file of the system's own. */
export const systemFile = (system: string, ...path: string[]) => join(root, "systems", system, ...path);

export class SystemDatabase {
  /** The database's owner, who migrates it and is no superuser. */
  readonly owner: Login;
  /** The services' login. */
  readonly app: Login;
  readonly superuser: Login;

  private constructor(
    readonly system: SystemDefinition,
    readonly postgres: ThrowAwayPostgres,
    readonly database: string,
    /** A copy of the system's Sqitch project, with what its scripts may include. A test may edit it. */
    readonly project: string,
  ) {
    this.owner = { user: system.name, database };
    this.app = { user: `${system.name}_app`, database };
    this.superuser = asSuperuser(database);
  }

  /** Makes the roles, as the Postgres component does, a database, and the baseline in it. */
  static async create(postgres: ThrowAwayPostgres, system: SystemDefinition, database = system.name) {
    await postgres.query(asSuperuser(), `CREATE ROLE ${system.name} LOGIN; ${system.roles}`);
    await postgres.query(asSuperuser(), `CREATE DATABASE ${database} OWNER ${system.name}`);
    if (system.extensions) await postgres.query(asSuperuser(database), system.extensions);
    const created = new SystemDatabase(system, postgres, database, await copyProject(system, postgres, database));
    await created.runBaseline();
    return created;
  }

  /** Another database with what this one holds now, and a copy of the project of its own. Both go with the server. */
  async clone(database: string): Promise<SystemDatabase> {
    const { name } = this.system;
    await this.postgres.query(asSuperuser(), `CREATE DATABASE ${database} OWNER ${name} TEMPLATE ${this.database}`);
    const project = await copyProject(this.system, this.postgres, database);
    return new SystemDatabase(this.system, this.postgres, database, project);
  }

  runBaseline(): Promise<string> {
    return this.postgres.psql(
      this.owner,
      this.system.baseline.flatMap((script) => ["--file", script]),
    );
  }

  /** Runs Sqitch as the owner. Throws CommandFailed with what it printed. */
  sqitch(...args: string[]): Promise<string> {
    return run("sqitch", [...args, "--target", "db:pg:"], {
      cwd: this.project,
      env: {
        ...this.postgres.environment(this.owner),
        SQITCH_FULLNAME: "Migration test",
        SQITCH_EMAIL: "migration-test@runsheet.invalid",
        SQITCH_USER_CONFIG: "/nonexistent",
        SQITCH_SYSTEM_CONFIG: "/nonexistent",
      },
    });
  }

  query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.postgres.query<Row>(this.owner, text, values);
  }

  /** Which of the changes Sqitch has on record, in the order in which they were deployed. */
  async deployed(): Promise<string[]> {
    const rows = await this.query<{ change: string }>("SELECT change FROM sqitch.changes ORDER BY committed_at");
    return rows.map((row) => row.change);
  }

  /** Which of the tables that the changes make exist, in the order of "tables". */
  async existingTables(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      "SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS t (name, n) WHERE to_regclass('public.' || name) IS NOT NULL ORDER BY n",
      [this.system.tables],
    );
    return rows.map((row) => row.name);
  }
}

async function copyProject(system: SystemDefinition, postgres: ThrowAwayPostgres, database: string): Promise<string> {
  const project = join(postgres.directory, `migrations-of-${database}`);
  await cp(join(system.directory ?? systemFile(system.name), "migrations"), project, { recursive: true });
  await cp(included, project, { recursive: true });
  return project;
}
