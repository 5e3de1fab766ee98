/** PRISM's database as the runbook finds it, on a throw-away PostgreSQL, with Sqitch to migrate it. */
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../lab/command";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "./postgres";

const system = resolve(__dirname, "../../systems/prism");
/** Where PRISM's Sqitch project is. */
export const migrations = join(system, "migrations");
/** The scripts of PRISM's maintenance. */
export const maintenance = join(system, "maintenance");
const baseline = join(system, "baseline.sql");

/** The changes in the runbook's order. */
export const changes = [
  "ai_feedback",
  "invoice_validations",
  "business_classification_patterns",
  "ml_models",
  "user_insights",
  "user_tax_profiles",
  "feedback_training_index",
];

/** The tables that the changes make. */
export const tables = [...changes.slice(0, -1), "profile_corrections"];

/** Rows that baseline.sql puts there. */
export const smokeTest = {
  user: "00000000-0000-4000-8000-000000000001",
  business: "00000000-0000-4000-8000-000000000002",
  invoice: "00000000-0000-4000-8000-000000000003",
};

export class Prism {
  /** The database's owner, who migrates it and is no superuser. */
  readonly owner: Login;
  /** The services' login. */
  readonly app: Login;
  readonly superuser: Login;

  private constructor(
    readonly postgres: ThrowAwayPostgres,
    readonly database: string,
    /** The Sqitch project in use: the system's own, or a copy that a test may edit. */
    readonly project: string,
  ) {
    this.owner = { user: "prism", database };
    this.app = { user: "prism_app", database };
    this.superuser = asSuperuser(database);
  }

  /** Makes the roles, as the Postgres component does, a database, and the baseline in it. */
  static async create(postgres: ThrowAwayPostgres, database = "prism"): Promise<Prism> {
    await postgres.connected(asSuperuser(), async (client) => {
      await client.query(`
        CREATE ROLE prism LOGIN; CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role;
        CREATE ROLE prism_app LOGIN IN ROLE service_role; CREATE ROLE prism_read_only LOGIN`);
      await client.query(`CREATE DATABASE ${database} OWNER prism`);
    });
    const prism = new Prism(postgres, database, migrations);
    await prism.runBaseline();
    return prism;
  }

  /**
   * Another database with what this one holds now, migrated with a copy of the project that the test may edit. Both go
   * with the server.
   */
  async clone(database: string): Promise<Prism> {
    await this.postgres.query(asSuperuser(), `CREATE DATABASE ${database} OWNER prism TEMPLATE ${this.database}`);
    const project = join(this.postgres.directory, `migrations-of-${database}`);
    await cp(migrations, project, { recursive: true });
    return new Prism(this.postgres, database, project);
  }

  runBaseline(): Promise<string> {
    return this.postgres.psql(this.owner, ["--file", baseline]);
  }

  /** Runs Sqitch as the owner. Throws CommandFailed with what it printed. */
  sqitch(...args: string[]): Promise<string> {
    return run("sqitch", [...args, "--target", "db:pg:"], {
      cwd: this.project,
      env: {
        ...this.postgres.environment(this.owner),
        SQITCH_FULLNAME: "Migration test",
        SQITCH_EMAIL: "migration-test@prism.invalid",
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

  /** Which of PRISM's tables of Phase 5 exist, in the order of "tables". */
  async existingTables(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      "SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS t (name, n) WHERE to_regclass('public.' || name) IS NOT NULL ORDER BY n",
      [tables],
    );
    return rows.map((row) => row.name);
  }

  /** Puts rows into ai_feedback that wait for training. */
  async addFeedback(rows: number): Promise<void> {
    await this.query(
      `INSERT INTO public.ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
       SELECT $1, $2, 'transaction', gen_random_uuid(), '{"category": "fuel"}', '{"category": "rent"}'
       FROM generate_series(1, $3)`,
      [smokeTest.business, smokeTest.user, rows],
    );
  }

  /** How many rows ai_feedback has, and a checksum of them. */
  async feedback(): Promise<{ rows: number; checksum: string }> {
    const [found] = await this.query<{ rows: number; checksum: string }>(
      "SELECT count(*)::integer AS rows, md5(string_agg(f::text, '' ORDER BY id)) AS checksum FROM public.ai_feedback AS f",
    );
    return found!;
  }
}
