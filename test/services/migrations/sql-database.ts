/** A database of a temporary PostgreSQL with a directory of migrations, on which migrate.sh runs as in a pod. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MigrationSource } from "../../../components/migrations";
import { sqlSource, type SqlSourceArgs } from "../../../components/migrations/sql";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import { asSuperuser, type Login, type ThrowAwayPostgres } from "../postgres";

/** Files by their path in the directory of migrations. `../verify/NAME.sql` is a verify script. */
type Files = Readonly<Record<string, string>>;

export type Mode =
  "applied" | "check" | "deploy" | "deploy-all" | "deploy-together" | "revert" | "take-over" | "verify";

export class SqlDatabase {
  /** Owner of the database, who is no superuser. */
  readonly owner: Login;
  private runs = 0;

  private constructor(
    readonly postgres: ThrowAwayPostgres,
    readonly name: string,
    /** Directory of the migrations. A test may edit it. */
    readonly directory: string,
  ) {
    this.owner = { user: "team", database: name };
  }

  static async create(postgres: ThrowAwayPostgres, name: string, files: Files): Promise<SqlDatabase> {
    await postgres.query(
      asSuperuser(),
      "DO $$ BEGIN CREATE ROLE team LOGIN PASSWORD 'unused'; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    );
    await postgres.query(asSuperuser(), `CREATE DATABASE ${name} OWNER team`);
    await postgres.query(asSuperuser(name), "ALTER SCHEMA public OWNER TO team");
    const root = mkdtempSync(join(postgres.directory, `${name}-`));
    const created = new SqlDatabase(postgres, name, join(root, "migrations"));
    created.write(files);
    return created;
  }

  /** Clones the database with its current contents, and makes a directory of its own with `files`. */
  async clone(name: string, files: Files): Promise<SqlDatabase> {
    await this.postgres.query(asSuperuser(), `CREATE DATABASE ${name} OWNER team TEMPLATE ${this.name}`);
    const root = mkdtempSync(join(this.postgres.directory, `${name}-`));
    const made = new SqlDatabase(this.postgres, name, join(root, "migrations"));
    made.write(files);
    return made;
  }

  write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  remove(path: string): void {
    rmSync(join(this.directory, path), { recursive: true });
  }

  /** Runs migrate.sh as a pod does. Throws CommandFailed with its output. */
  migrate(mode: Mode, change = "any", args: Omit<SqlSourceArgs, "directory"> = {}): Promise<string> {
    return this.run(sqlSource({ directory: this.directory, ...args }), mode, change);
  }

  /** Runs migrate.sh of another source. */
  run(source: MigrationSource, mode: string, change = "any", env: Record<string, string> = {}): Promise<string> {
    const pod = join(this.directory, "..", `pod-${(this.runs += 1)}`);
    mkdirSync(pod);
    for (const [path, text] of Object.entries(source.files)) writeFileSync(join(pod, path), text);
    return run("sh", [join(pod, "migrate.sh"), mode, source.project, change], {
      env: { ...this.postgres.environment(this.owner), ...env },
    });
  }

  /** Output of a run that fails. */
  refused(mode: Mode, change?: string, args?: Omit<SqlSourceArgs, "directory">): Promise<string> {
    return failureOf(this.migrate(mode, change, args));
  }

  query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.postgres.query<Row>(this.owner, text, values);
  }

  /** The only column of a query's rows. */
  async column(text: string): Promise<unknown[]> {
    const rows = await this.query<Record<string, unknown>>(text);
    return rows.map((row) => Object.values(row)[0]);
  }
}
