/** Description of a system, as its own folder declares it. */
import type * as pulumi from "@pulumi/pulumi";
import type { Files } from "../kubernetes/mounted-files";
import type { Role } from "../postgres";
import type { StepDescription } from "../runbook";
import type { Parts, SchemaChecks } from "./parts";

/** A system before its first step. */
export interface SystemDescription {
  /** Name of the system. With _ for -, it also names the database and the database's owner. */
  readonly name: string;
  /** The runbook's own title. */
  readonly title: string;
  /** Hook that is called for each resource that fails. Default: Pulumi's own report is enough. */
  readonly onFailure?: pulumi.ErrorHook;
  /** The first step, which provides the datastores. */
  readonly foundation: StepDescription;
  /** The runbook's own step for who is let into the namespace. It is empty: the first step lets them in. */
  readonly network?: StepDescription;
  /** Directory of the Sqitch project: sqitch.plan, deploy/, verify/, revert/. Default: the system has no migrations. */
  readonly migrations?: string;
  /** Parts of the runbook's schema, which `System.has` asks for. Default: none. */
  readonly parts?: Parts;
  /** The runbook's verification queries, for migrations of the team's own. Default: none. */
  readonly schemaChecks?: SchemaChecks;
  /** Last change to have where the stack sets no `schema.target`. Default: all changes. */
  readonly defaultTarget?: string;
  readonly database: DatabaseNeeds;
  /** Default: the system has no Redis. */
  readonly redis?: RedisNeeds;
  /** Keys that are in Redis while the maintenance mode is on. Default: there is none, or Redis does not tell it. */
  readonly maintenanceKeys?: readonly string[];
  /**
   * SQL scripts by file name, run in this order on a stack with `baseline`. They make what the runbook assumes is there
   * already. Default: it assumes nothing.
   */
  readonly baseline?: Files;
}

/** Requirements of a runbook for its database. */
export interface DatabaseNeeds {
  /** Role of `roles` that the application logs in with. The step `verify` runs its checks as this role. */
  readonly applicationRole: string;
  /**
   * Role that the application's services act as, by SET LOCAL ROLE in each transaction. Checks with their login do so, too.
   * Default: they have the rights of `applicationRole`.
   */
  readonly actsAs?: string;
  /** Roles beside the owner. */
  readonly roles: readonly Role[];
  /** Default: none. */
  readonly extensions?: readonly string[];
  /** PostgreSQL's own settings. Those of the stack take precedence. Default: PostgreSQL's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Tables that the runbook assumes are there. Default: none. */
  readonly tables?: ExistingTables;
  /** Connections of the application. Default: one pod, with as many as `postgres.connections` says. */
  readonly connections?: Connections;
}

/** Tables that exist before the migrations, by their full names. */
export interface ExistingTables {
  /** Tables that belong to the owner of the migrations, and that the application reads and writes. */
  readonly own: readonly string[];
  /** Tables of others that foreign keys refer to. Default: none. */
  readonly referenced?: readonly string[];
}

/** Connections of an application to its database. */
export interface Connections {
  /** Largest number of pods that connect, jobs included, without those that end in a rollout. */
  readonly pods: number;
  /** Largest number of connections of each, and its key. Default: `postgres.connections`. */
  readonly each?: { readonly connections: number; readonly key: string };
}

/** Requirements of a runbook for its Redis. */
export interface RedisNeeds {
  /** Redis' own settings. Default: those that a queue needs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps the data on a volume. Default: true. */
  readonly persistent?: boolean;
}

/** Name of a system's database, and of its owner. */
export const databaseName = (system: string) => system.replaceAll("-", "_");

/**
 * Makes sure that the application can log in to the database.
 * @throws Error if no role that logs in has the name of the application's role
 */
export function requireApplicationRole({ name, database: { applicationRole, roles } }: SystemDescription): void {
  const logins = roles.filter(({ login }) => login).map((role) => role.name);
  if (logins.includes(applicationRole)) return;
  throw new Error(
    `the system ${name} has the application role "${applicationRole}", and no role of that name logs in; those that do: ${logins.join(", ") || "none"}. ` +
      `Add { name: "${applicationRole}", login: true } to its database.roles`,
  );
}
