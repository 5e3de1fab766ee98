import * as pulumi from "@pulumi/pulumi";
import { postgres, type Postgres, type Role } from "../../components/postgres";
import { redis, type Redis } from "../../components/redis";
import type { PrismArgs } from "./index";

/** The tables that the runbook assumes are there, "existing PRISM schema", and Supabase's users. */
export const existingTables = ["auth.users", "public.businesses", "public.invoices"] as const;

/** Supabase's roles, and the two that log in: the services, and people who look. */
const roles: readonly Role[] = [
  { name: "anon" },
  { name: "authenticated" },
  { name: "service_role" },
  { name: "prism_app", login: true, memberOf: ["anon", "authenticated", "service_role"] },
  { name: "prism_read_only", login: true },
];

export interface Datastores {
  readonly database: Postgres;
  readonly queue: Redis;
}

/** PostgreSQL and the Redis of the BullMQ workers, by the stack's engines. */
export function datastores(
  namespace: pulumi.Input<string>,
  { settings, secrets, images, operator, protect }: PrismArgs,
  parent: pulumi.Resource,
): Datastores {
  const database = { namespace, database: "prism", roles };
  // config.ts has made sure that the secrets of an external engine are there.
  const postgresEngine =
    settings.postgres.engine === "external"
      ? { ...settings.postgres, adminPassword: secrets.postgresAdminPassword! }
      : { ...settings.postgres, image: images.postgresql, operator };
  const redisEngine =
    settings.redis.engine === "external"
      ? { ...settings.redis, url: secrets.redisUrl! }
      : { ...settings.redis, image: images.redis };
  return {
    database: postgres("prism-postgresql", database, postgresEngine, { parent, protect }),
    queue: redis("prism-redis", namespace, redisEngine, { parent, protect }),
  };
}
