/** A system's PostgreSQL and Redis, by the stack's engines. */
import * as pulumi from "@pulumi/pulumi";
import { inside, type BackupAccess } from "../object-store";
import { loginName, postgres, type Postgres, type Role } from "../postgres";
import { RestoreCheck, type RestoreArgs, type RestoreSource } from "../restore";
import { redis, type Redis } from "../redis";
import type { SystemArgs } from "./description";
import { madeOf } from "./made";
import { firstDatabase } from "./restore";
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

/**
 * The system's database: the one that it works with, and beside it those that a restore gave up, which are stopped. What is
 * brought back begins when it is known that it can be, and when nobody writes to the one any more that it replaces.
 */
export function databaseOf(
  system: string,
  namespace: pulumi.Input<string>,
  needs: DatabaseNeeds,
  store: BackupAccess | undefined,
  args: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): Postgres {
  const { settings, secrets, images, operator, backups, protect, databases } = args;
  const { name, restore, givenUp, before } = databases;
  const database = { namespace, database: databaseName(system), roles: needs.roles, extensions: needs.extensions };
  // config.ts has made sure that the secrets of an external engine are there.
  if (settings.postgres.engine === "external") {
    const external = { ...settings.postgres, adminPassword: secrets.postgresAdminPassword! };
    return postgres(name, database, external, { parent, protect });
  }
  const engine = {
    ...settings.postgres,
    parameters: { ...needs.parameters, ...settings.postgres.parameters },
    image: images.postgresql,
    operator,
    operatorImages: operator && { operator: images.cloudnativepgOperator, sidecar: images.barmanSidecar },
    archiving: backups && store && { ...backups, access: inside("archive", store), image: images.barmanSidecar },
  };
  const check = restore && checkOf(system, namespace, restore.from, store, args, parent);
  const stopped = givenUp.map(({ name, released, ...given }) => {
    const opts = { parent, protect: protect && !released, dependsOn: check };
    // What it was made with is not known of one that was given up before that was noted.
    const made = given.image === undefined ? {} : madeOf(given);
    return postgres(name, database, { ...engine, ...made, begun: true, stopped: true }, opts);
  });
  const recovery = restore && "server" in restore.from ? restore.from : undefined;
  const begun = name === before?.live;
  const deadlineSeconds = restore?.deadlineSeconds;
  const opts = { parent, protect, dependsOn: check && [check, ...stopped] };
  return postgres(name, database, { ...engine, recovery, begun, deadlineSeconds }, opts);
}

/** Whether what is to be brought back can be. */
function checkOf(
  system: string,
  namespace: pulumi.Input<string>,
  source: RestoreSource,
  store: BackupAccess | undefined,
  args: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): RestoreCheck {
  const { name, givenUp, before } = args.databases;
  const first = firstDatabase(system);
  const isKnown = [name, ...givenUp.map(({ name }) => name)].includes(first);
  const live = "server" in source && source.server === before?.server ? before.live : undefined;
  const restored = {
    ...restoreArgs(namespace, store, args),
    unknown: isKnown ? undefined : first,
    target: name,
    replaces: before?.live,
  };
  const login = live === undefined ? undefined : loginName(live, databaseName(system));
  const archived =
    live !== undefined && login !== undefined ? { name: live, login, image: args.images.postgresql } : undefined;
  return new RestoreCheck(`${system}-restore-check`, source, { ...restored, live: archived }, { parent });
}

/** What every task of a restore needs. Throws Error where the stack has no object store: config.ts has made sure that it has. */
export function restoreArgs(
  namespace: pulumi.Input<string>,
  store: BackupAccess | undefined,
  { images, settings }: SystemArgs<CommonSettings>,
): RestoreArgs {
  if (!store) throw new Error("there is no object store to restore from");
  const { storage = "1Gi" } = settings.dump ?? {};
  const { deadlineSeconds = 3600 } = settings.restore ?? {};
  return { namespace, image: images.node, access: store.backup, storage, deadlineSeconds };
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
