/** A system's PostgreSQL and Redis, by the stack's engines. */
import * as pulumi from "@pulumi/pulumi";
import { inside, type BackupAccess } from "../object-store";
import { postgres, type Postgres, type Role } from "../postgres";
import { redis, type Redis } from "../redis";
import type { SystemArgs } from "./description";
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

/** What a system's database and its owner are called: after the system. */
export const databaseName = (system: string) => system.replaceAll("-", "_");

export function databaseOf(
  system: string,
  namespace: pulumi.Input<string>,
  needs: DatabaseNeeds,
  store: BackupAccess | undefined,
  { settings, secrets, images, operator, backups, protect }: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): Postgres {
  const database = { namespace, database: databaseName(system), roles: needs.roles, extensions: needs.extensions };
  // config.ts has made sure that the secrets of an external engine are there.
  const engine =
    settings.postgres.engine === "external"
      ? { ...settings.postgres, adminPassword: secrets.postgresAdminPassword! }
      : {
          ...settings.postgres,
          parameters: { ...needs.parameters, ...settings.postgres.parameters },
          image: images.postgresql,
          operator,
          archiving: backups && store && { ...backups, access: inside("archive", store), image: images.barmanSidecar },
        };
  return postgres(`${system}-postgresql`, database, engine, { parent, protect });
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
