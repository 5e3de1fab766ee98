/** A system's PostgreSQL and Redis, by the stack's engines. */
import * as pulumi from "@pulumi/pulumi";
import { inside, type BackupAccess } from "../object-store";
import { postgres, type Postgres, type Role } from "../postgres";
import { redis, type Redis } from "../redis";
import { databaseName, type SystemArgs, type SystemDescription } from "./description";
import { madeOf } from "./made";
import type { GivenUp } from "./database-plan";
import { restoreCheck } from "./restore-check";
import type { CommonSettings } from "./settings";

/** What a runbook wants of its database. */
export interface DatabaseNeeds {
  /** The roles beside the owner. */
  readonly roles: readonly Role[];
  /** Default: none. */
  readonly extensions?: readonly string[];
  /** PostgreSQL's own settings; the stack's go before them. Default: PostgreSQL's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What a runbook wants of its Redis. */
export interface RedisNeeds {
  /** Redis' own settings. Default: what a queue needs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether it keeps what it holds on a volume. Default: true. */
  readonly persistent?: boolean;
}

/** A system's databases. */
export interface SystemDatabase {
  /** The one that it works with, or is going to when it was brought back. */
  readonly database: Postgres;
  /** Stops the database that a restore gives up, once its replacement is verified. Default: there is none to stop then. */
  readonly giveUp?: (opts: pulumi.ComponentResourceOptions) => Postgres;
}

/**
 * The system's database: the one that it works with, and beside it those that a restore gave up, which are stopped. One that is
 * given up now is stopped after its replacement was verified. Only where everything is to come back that it has written
 * (`latest`) it is stopped before that, so that its log has an end, and after the same restore was rehearsed beside it.
 */
export function databaseOf(
  system: SystemDescription,
  namespace: pulumi.Input<string>,
  store: BackupAccess | undefined,
  args: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): SystemDatabase {
  const { settings, secrets, images, operator, backups, protect, databases } = args;
  const { name, restore, givenUp, before } = databases;
  const { roles, extensions, parameters } = system.database;
  const database = { namespace, database: databaseName(system.name), roles, extensions };
  // stack/config.ts has made sure that the secrets of an external engine are there.
  if (settings.postgres.engine === "external") {
    const external = { ...settings.postgres, adminPassword: secrets.postgresAdminPassword! };
    return { database: postgres(name, database, external, { parent, protect }) };
  }
  const engine = {
    ...settings.postgres,
    parameters: { ...parameters, ...settings.postgres.parameters },
    image: images.postgresql,
    operator,
    operatorImages: operator && { operator: images.cloudnativepgOperator, sidecar: images.barmanSidecar },
    archiving: backups && store && { ...backups, access: inside("archive", store), image: images.barmanSidecar },
  };
  const stop = ({ name, released, ...given }: GivenUp, opts: pulumi.ComponentResourceOptions) => {
    // What it was made with is not known of one that was given up before that was noted.
    const made = given.image === undefined ? {} : madeOf(given);
    const stopped = { ...engine, ...made, server: given.server, begun: true, stopped: true };
    return postgres(name, database, stopped, { ...opts, protect: protect && !released });
  };
  const given = givenUp.find(({ name }) => name === restore?.replaces);
  for (const earlier of givenUp) if (earlier !== given) stop(earlier, { parent });

  const check = restore && restoreCheck(system, namespace, restore.from, engine, store, args, parent);
  const stopped = given && check?.rehearsed ? [stop(given, { parent, dependsOn: check })] : [];
  const recovery = restore && "server" in restore.from ? restore.from : undefined;
  const begun = name === before?.live;
  const deadlineSeconds = restore?.deadlineSeconds;
  const opts = { parent, protect, dependsOn: check && [check, ...stopped] };
  const server = begun ? before?.server : undefined;
  const created = postgres(name, database, { ...engine, server, recovery, begun, deadlineSeconds }, opts);
  const giveUp =
    given && stopped.length === 0 ? (opts: pulumi.ComponentResourceOptions) => stop(given, opts) : undefined;
  return { database: created, giveUp };
}

/** The system's Redis. Throws Error if the stack's settings have none, which is a fault of the system's declaration. */
export function redisOf(
  system: string,
  namespace: pulumi.Input<string>,
  needs: RedisNeeds,
  { settings, secrets, images, protect }: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): Redis {
  if (!settings.redis) throw new Error(`the settings of ${system} have no key "redis"`);
  const engine =
    settings.redis.engine === "external"
      ? { ...settings.redis, url: secrets.redisUrl! }
      : { ...settings.redis, ...needs, image: images.redis };
  return redis(`${system}-redis`, namespace, engine, { parent, protect });
}
