/** PostgreSQL and Redis of a system, by the stack's engines. */
import * as pulumi from "@pulumi/pulumi";
import { inside } from "../object-store";
import { postgres, type Postgres } from "../postgres";
import { redis, type Redis } from "../redis";
import type { SystemArgs } from "./args";
import { databaseAuthority } from "./authorities";
import { databaseName, type RedisNeeds, type SystemDescription } from "./description";
import { madeOf } from "./made";
import { firstDatabase, type GivenUp } from "./database-plan";
import { pullSecretsOf } from "./private-images";
import { restoreCheck, type Surroundings } from "./restore-check";
import type { CommonSettings } from "./settings";

/** A system's databases. */
export interface SystemDatabase {
  /** The database to work with; a restored one once it is restored. */
  readonly database: Postgres;
  /**
   * Stops the database that a restore replaces, to be called once its replacement is verified. Default: nothing is to
   * be stopped.
   */
  readonly giveUp?: (opts: pulumi.ComponentResourceOptions) => Postgres;
}

/**
 * Makes the system's database, and keeps beside it, stopped, those that restores replaced. The one that is replaced now
 * is stopped once its replacement is verified. A restore of everything that the live database has written (`latest`) is
 * an exception: its WAL must have an end, so that it is stopped before the restore, which was rehearsed beside it.
 */
export function databaseOf(
  system: SystemDescription,
  around: Surroundings,
  args: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): SystemDatabase {
  const { namespace, store } = around;
  const { settings, secrets, images, operator, backups, protect, databases } = args;
  const { name, restore, givenUp, before } = databases;
  const { roles, extensions, parameters } = system.database;
  const database = { namespace, database: databaseName(system.name), roles, extensions };
  // stack/config.ts makes sure that the secrets of an engine are set.
  if (settings.postgres.engine === "existing") {
    const { applicationRole } = system.database;
    const urls = { url: secrets.databaseUrl!, directUrl: secrets.databaseDirectUrl };
    const { restores } = databases.existing?.after ?? {};
    const existing = { ...settings.postgres, applicationRole, ...urls, restores };
    return { database: postgres(firstDatabase(system.name), database, existing, { parent }) };
  }
  if (settings.postgres.engine === "external") {
    const external = {
      ...settings.postgres,
      image: images.postgresql,
      adminPassword: secrets.postgresAdminPassword!,
    };
    return { database: postgres(name, database, external, { parent, protect }) };
  }
  const engine = {
    ...settings.postgres,
    parameters: { ...parameters, ...settings.postgres.parameters },
    image: images.postgresql,
    // The operator starts its own program, and its plugin's, in every server's pod.
    imagePullSecrets: pullSecretsOf(system.name, args, [
      ...[images.postgresql, images.cloudnativepgOperator],
      ...(store ? [images.barmanSidecar] : []),
    ]),
    operator,
    operatorImages: operator && { operator: images.cloudnativepgOperator, sidecar: images.barmanSidecar },
    archiving: backups &&
      store && { ...backups, access: inside("archive", store), image: images.barmanSidecar, node: images.node },
  };
  const stop = ({ name, released, ...given }: GivenUp, opts: pulumi.ComponentResourceOptions) => {
    // Older releases did not record what a database was made with.
    const made = given.image === undefined ? {} : madeOf(given);
    const stopped = { ...engine, ...made, server: given.server, begun: true, stopped: true };
    return postgres(name, database, stopped, { ...opts, protect: protect && !released });
  };
  const given = givenUp.find(({ name }) => name === restore?.replaces);
  for (const earlier of givenUp) if (earlier !== given) stop(earlier, { parent });

  const check = restore && restoreCheck(system, around, restore.from, engine, args, parent);
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

/**
 * Makes the system's Redis.
 * @throws Error if the system's settings have no key "redis"
 */
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
      ? { ...settings.redis, url: secrets.redisUrl!, otherCa: databaseAuthority(settings) }
      : { ...settings.redis, ...needs, image: images.redis };
  return redis(`${system}-redis`, namespace, engine, { parent, protect });
}
