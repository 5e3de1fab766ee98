/** PostgreSQL database of a system, by engine. */
import * as pulumi from "@pulumi/pulumi";
import { CloudNativePostgres, type CloudNativePostgresArgs } from "./cloudnativepg";
import { ExistingPostgres, type ExistingPostgresArgs } from "./existing";
import { ExternalPostgres, type ExternalPostgresArgs } from "./external";
import type { DatabaseArgs, Postgres } from "./database";

export { Login, loginName, superuserSecret, type Postgres, type Role } from "./database";
export { directLogin } from "./existing";
export { restoredCluster, type RestoredClusterArgs } from "./recovery";
export { scratchValidations, type ScratchCluster } from "./scratch-bound";
export type { Recovery, RecoveryPoint } from "./recovery";

/** Engine of the database, with its own settings. */
export type PostgresEngine =
  | ({ readonly engine: "cloudnativepg" } & CloudNativePostgresArgs)
  | ({ readonly engine: "external" } & ExternalPostgresArgs)
  | ({ readonly engine: "existing" } & ExistingPostgresArgs);

/** Creates the database with that engine, or the logins of one that exists. */
export function postgres(
  name: string,
  database: DatabaseArgs,
  engine: PostgresEngine,
  opts?: pulumi.ComponentResourceOptions,
): Postgres {
  switch (engine.engine) {
    case "cloudnativepg":
      return new CloudNativePostgres(name, database, engine, opts);
    case "external":
      return new ExternalPostgres(name, database, engine, opts);
    case "existing":
      return new ExistingPostgres(name, database, engine, opts);
  }
}
