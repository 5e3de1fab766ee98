/** A system's keys, and what they must be to each other. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { schemaIsShipped } from "../components/system/parts";
import { resourceProblems } from "../components/system/resources";
import { schemaOf, type Schema } from "../components/system/schema";
import type { Secrets } from "../components/system/secrets";
import type { CommonSettings } from "../components/system/settings";
import type { KnownSystem } from "../systems";
import type { ConfiguredSystem } from "./configured-system";
import { namedDatabase } from "./existing-database";
import { readSection } from "./section";
import { parseValue } from "./values";

/** The secret keys that a PostgreSQL or Redis of others needs, with their descriptions. */
export const engineSecrets = {
  postgresAdminPassword: "Password of `postgres.adminUser`. Required with `postgres.engine: external`.",
  databaseUrl:
    "URL of the database that the application gets, perhaps of a pooler: " +
    "`postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`. Required with `postgres.engine: existing`.",
  databaseDirectUrl:
    "URL of the same database for migrations, dumps and checks, which need the session that a pooler in transaction " +
    "mode takes away. Only with `postgres.engine: existing`. Default: `databaseUrl`.",
  redisUrl: "URL of the Redis. Required with `redis.engine: external`.",
} as const;

/** The secret keys of a system. */
export function secretKeysOf({ secrets, settings }: KnownSystem): string[] {
  const { redisUrl, ...ofPostgres } = engineSecrets;
  const ofEngines = { ...ofPostgres, ...("redis" in settings.shape && { redisUrl }) };
  return Object.keys({ ...secrets.required, ...secrets.optional, ...ofEngines });
}

/** Reads a system's section and checks its keys against each other. */
export function readSystem(
  system: KnownSystem,
  stack: { readonly protect: boolean; readonly backups: boolean },
  problems: string[],
): ConfiguredSystem | undefined {
  const secretKeys = [...secretKeysOf(system), ...namedSecrets(system.name)];
  const { settings, secrets } = readSection(system.name, system.settings, secretKeys, problems);
  if (!settings) return undefined;
  const schema = targetedSchema(system, settings);
  const database = namedDatabase(system.name, settings);
  const found = [
    ...missingSecrets(system, settings, secrets),
    ...(database?.problems ?? []),
    ...("problem" in schema ? [schema.problem] : []),
    ...ownMigrationsOnly(settings),
    ...standInOnly(settings),
    ...impossibleRestore(settings, stack.backups),
    ...resourceProblems(settings, stack),
    ...("problem" in schema ? [] : system.problems(settings, schema.of)),
  ];
  problems.push(...found.map((problem) => `${system.name}:${problem}`));
  return { system, settings, secrets, existingDatabase: database?.address };
}

/** Secret keys that the configuration names for commands. They are read before the keys that name them. */
function namedSecrets(system: string): string[] {
  const command = z.object({ secrets: z.record(z.string(), z.string()) });
  const named = <T>(key: string, schema: z.ZodType<T>) =>
    schema.safeParse(parseValue(schema, pulumi.runtime.allConfig()[`${system}:${key}`] ?? "")).data;
  const commands = [named("migrations", command), named("backup", z.object({ command }))?.command];
  return commands.flatMap((command) => Object.values(command?.secrets ?? {}));
}

/** Errors for the secrets that the chosen engines and options need and the stack lacks. */
function missingSecrets(
  { name, secrets: variables }: KnownSystem,
  settings: CommonSettings,
  secrets: Secrets,
): string[] {
  const required = [
    ...(settings.generateSecrets ? [] : Object.keys(variables.required)),
    ...(settings.postgres.engine === "external" ? ["postgresAdminPassword"] : []),
    ...(settings.postgres.engine === "existing" ? ["databaseUrl"] : []),
    ...(settings.redis?.engine === "external" ? ["redisUrl"] : []),
    ...(settings.migrations && "command" in settings.migrations ? Object.values(settings.migrations.secrets) : []),
    ...Object.values(settings.backup?.command.secrets ?? {}),
  ];
  return required
    .filter((key) => !secrets[key])
    .map((key) => `${key} is missing; set it with: pulumi config set --secret ${name}:${key}`);
}

/** The schema that a system is to have, or what is wrong with its target. */
function targetedSchema(
  system: KnownSystem,
  settings: CommonSettings,
): { readonly of: Schema | undefined } | { readonly problem: string } {
  try {
    return { of: schemaOf(system, settings) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Errors for keys that are only for migrations of the team's own. */
function ownMigrationsOnly(settings: CommonSettings): string[] {
  const { without = [] } = settings.schema ?? {};
  if (without.length === 0 || !schemaIsShipped(settings)) return [];
  return [
    `schema.without lists ${without.join(", ")}, and the migrations are those that Runsheet ships, which make it; ` +
      "remove it, or set schema.target to the last change to have",
  ];
}

/** Errors for a restore that no database of this configuration can have. */
function impossibleRestore({ restore, postgres }: CommonSettings, backups: boolean): string[] {
  if (!restore) return [];
  return [
    ...(postgres.engine === "external"
      ? ["restore cannot restore a database on an external server; remove restore, and restore it on that server"]
      : []),
    ...(postgres.engine === "existing" && restore.server !== undefined
      ? ["restore.server names an archive, and a database that exists has none of the stack's; remove it"]
      : []),
    ...(postgres.engine !== "existing" && restore.safetyDump !== undefined
      ? ["restore.safetyDump is for a database that exists, and this one is restored beside the live one; remove it"]
      : []),
    ...(backups ? [] : ["restore needs runsheet:backups; set it to where the backups are"]),
  ];
}

/** Errors for keys that are only for a stack without real users. */
function standInOnly({ application, baseline, generateSecrets, postgres }: CommonSettings): string[] {
  const real = !("standIn" in application);
  return [
    ...(baseline && postgres.engine === "external"
      ? ["baseline is true and the database is on an external server, which must have its schema; set it to false"]
      : []),
    ...(baseline && postgres.engine === "existing"
      ? ["baseline is true and the database exists, in which nothing is created; set it to false"]
      : []),
    ...(baseline && real
      ? ["baseline is true and the application is not the stand-in, but has a schema of its own; set it to false"]
      : []),
    ...(generateSecrets && real
      ? ["generateSecrets is true and the application is not the stand-in; set it to false, and set the real secrets"]
      : []),
  ];
}
