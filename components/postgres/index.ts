/** A system's PostgreSQL database, by engine. */
import * as pulumi from "@pulumi/pulumi";
import { CloudNativePostgres, type CloudNativePostgresArgs } from "./cloudnativepg";
import { ExternalPostgres, type ExternalPostgresArgs } from "./external";
import type { DatabaseArgs, Postgres } from "./database";

export { Login, loginName, superuserSecret, type Postgres, type Role } from "./database";
export { restoredCluster, type RestoredClusterArgs } from "./recovery";
export type { Recovery, RecoveryPoint } from "./recovery";

/** How the database is provided; each engine has its own settings. */
export type PostgresEngine =
  | ({ readonly engine: "cloudnativepg" } & CloudNativePostgresArgs)
  | ({ readonly engine: "external" } & ExternalPostgresArgs);

/** The database that `engine` describes. */
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
  }
}
