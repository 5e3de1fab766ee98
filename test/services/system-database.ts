/** Database of a system in the state before its runbook, on a temporary PostgreSQL, with Sqitch to migrate it. */
import { cp, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sqitchSource } from "../../components/migrations";
import { run } from "../../lab/command";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "./postgres";

const root = resolve(__dirname, "../..");
/** Scripts that every project's scripts may include. */
const included = join(root, "components", "migrations", "in-pod", "included");
/** Objects that Supabase provides, for the systems that were built on it. */
export const supabase = join(root, "components", "postgres", "supabase.sql");

/** Description of a system for the tests. */
export interface SystemDefinition {
  /** Name of the system, of its database and of the database's owner. */
  readonly name: string;
  /** Directory of the system. Default: its directory in systems/. */
  readonly directory?: string;
  /** SQL that creates the roles other than the owner, as the Postgres component does. It runs as the superuser. */
  readonly roles: string;
  /** SQL that creates the extensions, as the Postgres component does. It runs as the superuser. Default: none. */
  readonly extensions?: string;
  /** Scripts that create the schema before the runbook. They run as the owner. */
  readonly baseline: readonly string[];
  /** Changes in the runbook's order. */
  readonly changes: readonly string[];
  /** Tables that the changes create. */
  readonly tables: readonly string[];
}

/** Path of a file of the system. */
export const systemFile = (system: string, ...path: string[]) => join(root, "systems", system, ...path);

export class SystemDatabase {
  /** Owner of the database, who migrates it and is not a superuser. */
  readonly owner: Login;
  /** Login of the services. */
  readonly app: Login;
  readonly superuser: Login;

  private constructor(
    readonly system: SystemDefinition,
    readonly postgres: ThrowAwayPostgres,
    readonly database: string,
    /** Copy of the system's Sqitch project, with the scripts that it may include. A test may edit it. */
    readonly project: string,
  ) {
    this.owner = { user: system.name, database };
    this.app = { user: `${system.name}_app`, database };
    this.superuser = asSuperuser(database);
  }

  /** Creates the roles, as the Postgres component does, and a database with the baseline. */
  static async create(postgres: ThrowAwayPostgres, system: SystemDefinition, database = system.name) {
    await postgres.query(asSuperuser(), `CREATE ROLE ${system.name} LOGIN; ${system.roles}`);
    await postgres.query(asSuperuser(), `CREATE DATABASE ${database} OWNER ${system.name}`);
    if (system.extensions) await postgres.query(asSuperuser(database), system.extensions);
    const created = new SystemDatabase(system, postgres, database, await copyProject(system, postgres, database));
    await created.runBaseline();
    return created;
  }

  /** Clones the database with its current contents and a project of its own. Both are removed with the server. */
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

  /** Runs Sqitch as the owner. Throws CommandFailed with its output. */
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

  /** Deployed changes according to Sqitch's registry, in the order of their deployment. */
  async deployed(): Promise<string[]> {
    const rows = await this.query<{ change: string }>("SELECT change FROM sqitch.changes ORDER BY committed_at");
    return rows.map((row) => row.change);
  }

  /** Existing tables among those that the changes create, in the order of `tables`. */
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
  const repeatable = sqitchSource(project, { safeToRepeat: true }).files["project/repeatable.txt"]!;
  await writeFile(join(project, "repeatable.txt"), repeatable);
  return project;
}
