import type { Environment } from "../components/kubernetes/environment";
import type { Kubectl } from "./kubectl";

/** Name of the table with the drill's rows. */
export const table = "runsheet_drill";

/** SQL expression of the server's time, in milliseconds since 1970. */
export const milliseconds = "floor(extract(epoch FROM clock_timestamp()) * 1000)";

/** psql's arguments for a statement whose rows are printed as lines. */
export const psql = (statement: string, ...more: readonly string[]) =>
  ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...more, "-c", statement] as const;

/** Live database of a system. */
export abstract class DrilledDatabase {
  constructor(
    readonly kubectl: Kubectl,
    /** Namespace of the system. */
    readonly namespace: string,
    /** Name in the stack's outputs. */
    readonly name: string,
  ) {}

  /** The drill's table, as statements name it. */
  abstract readonly table: string;

  /** Statement after which those that follow it find the application's tables. Empty if they do without it. */
  abstract readonly amongTables: string;

  /** Returns the image of a pod that logs in as the owner, and its environment. */
  abstract owner(): Promise<{ readonly image: string; readonly environment: Environment }>;

  /** Runs SQL and resolves to its rows as lines. */
  abstract sql(statement: string): Promise<string>;

  /** Returns the server's time, in milliseconds since 1970. */
  async now(): Promise<number> {
    return Number(await this.sql(`SELECT ${milliseconds}`));
  }

  /** Lists the ids of the drill's rows that are undamaged. Empty if the database is older than the drill. */
  async rows(): Promise<number[]> {
    if ((await this.sql(`SELECT to_regclass('${this.table}')`)) === "") return [];
    const rows = await this.sql(`SELECT id FROM ${this.table} WHERE isfinite(written) ORDER BY id`);
    return rows.split("\n").filter(Boolean).map(Number);
  }

  /** Removes the drill's table, if it is there. */
  async dropTable(): Promise<void> {
    await this.sql(`DROP TABLE IF EXISTS ${this.table}`);
  }
}
