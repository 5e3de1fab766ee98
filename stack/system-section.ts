/** A system's keys, and what they must be to each other. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isOfRelease, tagOf } from "../components/kubernetes/image-tag";
import { missingBackupsKeys, systemBackupsKeys } from "../components/system/backups";
import { secretsOf } from "../components/system/check-settings";
import { checkProblems } from "../components/system/configured-checks";
import { watchProblems } from "../components/system/configured-watch";
import { fixedChecks } from "../components/system/fixed-checks";
import { ingressProblems } from "../components/system/ingress-settings";
import { networkProblems } from "../components/system/network-settings";
import { schemaIsShipped } from "../components/system/parts";
import { passwordKeys } from "../components/system/private-images";
import { resourceProblems } from "../components/system/resources";
import { archiveWorks } from "../components/system/prerequisites";
import { schemaOf, type Schema } from "../components/system/schema";
import type { Secrets } from "../components/system/secrets";
import { isStandIn, type CommonSettings } from "../components/system/settings";
import { keysOfOthers, secretProblems } from "../components/system/secret-settings";
import { workloadProblems } from "../components/system/workload-problems";
import type { KnownSystem } from "../systems";
import type { ConfiguredSystem } from "./configured-system";
import { namedDatabase } from "./existing-database";
import { externalPostgresProblems } from "./external-postgres";
import { redisUrlProblems } from "./external-redis";
import { readSection, type Reading } from "./section";
import { summaryOf } from "./unset";
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
  redisUrl:
    "URL of the Redis. `redis://USER:PASSWORD@HOST:6379`, or `rediss://` with TLS. Required with `redis.engine: external`.",
} as const;

/** The secret keys of a system. */
export function secretKeysOf({ secrets, settings }: KnownSystem): string[] {
  const { redisUrl, ...ofPostgres } = engineSecrets;
  const ofEngines = { ...ofPostgres, ...("redis" in settings.shape && { redisUrl }), ...systemBackupsKeys };
  return Object.keys({ ...secrets.required, ...secrets.optional, ...ofEngines });
}

/** Reads a system's section and checks its keys against each other. */
export function readSystem(
  system: KnownSystem,
  stack: { readonly protect: boolean; readonly backups: boolean; readonly prometheus: boolean },
  reading: Reading,
): ConfiguredSystem | undefined {
  // A plain key that is named as a secret stays one: `plainKeys` refuses it by what names it.
  const config = pulumi.runtime.allConfig();
  const named = namedSecrets(system.name).filter(
    (key) => !(key in system.settings.shape) && `${system.name}:${key}` in config,
  );
  const secretKeys = [...secretKeysOf(system), ...named];
  const { settings, secrets } = readSection(system.name, system.settings, secretKeys, reading);
  if (!settings) return undefined;
  const { problems } = reading;
  const schema = targetedSchema(system, settings);
  const database = namedDatabase(system.name, settings);
  problems.secrets(missingSecrets(system, settings, secrets));
  const found = [
    ...plainKeys(system, settings),
    ...(database?.problems ?? []),
    ...externalPostgresProblems(settings),
    ...redisUrlProblems(system.name, settings),
    ...("problem" in schema ? [schema.problem] : []),
    ...ownMigrationsOnly(settings),
    ...standInOnly(settings),
    ...impossibleRestore(settings, stack.backups),
    ...resourceProblems(settings, stack),
    ...ingressProblems(settings.ingress),
    ...networkProblems(settings),
    ...otherTags(settings),
    ...workloadProblems(system.name, settings, system.secrets),
    ...watchProblems(settings, system.conditions(settings), stack.prometheus),
    ...secretProblems(system.name, settings, system.secrets, Object.keys(secrets)),
    ...("problem" in schema ? [] : system.problems(settings, schema.of)),
    ...("problem" in schema ? [] : checkProblems(settings, ...checksOf(system, settings, schema.of, stack.backups))),
  ];
  problems.push(...found.map((problem) => `${system.name}:${problem}`));
  return { system, settings, secrets, existingDatabase: database?.address };
}

/** The checks of a system that the stack may change, and why it may not change the others. */
function checksOf(system: KnownSystem, settings: CommonSettings, schema: Schema | undefined, backups: boolean) {
  const isArchived = backups && settings.postgres.engine === "cloudnativepg";
  const known = [...system.checks(settings, schema), ...(isArchived ? [archiveWorks(system.name)] : [])];
  return [known, { ...fixedChecks(system), ...system.fixedChecks(settings) }] as const;
}

/**
 * Secret keys that the configuration names for commands, workloads and checks, read before the keys that name them.
 * Other errors, even in the same entry, are left to the schema.
 */
function namedSecrets(system: string): string[] {
  const texts = z
    .record(z.string(), z.string().catch(""))
    .optional()
    .catch(() => undefined);
  const naming = z.object({ secrets: texts, headers: texts });
  const named = <T>(key: string, schema: z.ZodType<T>) =>
    schema.safeParse(parseValue(schema, pulumi.runtime.allConfig()[`${system}:${key}`] ?? "")).data;
  const entries = z.record(
    z.string(),
    naming.catch(() => ({ secrets: undefined, headers: undefined })),
  );
  const workloads = Object.values(named("workloads", entries) ?? {});
  const commands = [named("migrations", naming), named("backup", z.object({ command: naming }))?.command];
  return [
    ...[...commands, ...workloads].flatMap((each) => Object.values(each?.secrets ?? {})),
    ...(named("registries", passwordKeys) ?? []),
    ...secretsOf(named("checks", entries) ?? {}).map(([, key]) => key),
  ];
}

/** Secret keys that the configuration names, by what names them. */
function namesOfSecrets({
  migrations,
  backup,
  checks,
  workloads,
  registries,
}: CommonSettings): (readonly [string, string])[] {
  const at = (place: string, secrets: Readonly<Record<string, string>> = {}) =>
    Object.entries(secrets).map(([variable, key]) => [`${place}.secrets.${variable}`, key] as const);
  return [
    ...(migrations && "command" in migrations ? at("migrations", migrations.secrets) : []),
    ...at("backup.command", backup?.command.secrets),
    ...secretsOf(checks),
    ...Object.entries(workloads).flatMap(([name, { secrets }]) => at(`workloads.${name}`, secrets)),
    ...Object.entries(registries).map(([host, { password }]) => [`registries.${host}.password`, password] as const),
  ];
}

/** Errors for plain keys that are named as secrets. */
const plainKeys = ({ name, settings: { shape } }: KnownSystem, settings: CommonSettings): string[] =>
  namesOfSecrets(settings)
    .filter(([, key]) => key in shape)
    .map(
      ([place, key]) =>
        `${place} names ${key}, and ${name}:${key} is no secret; name a secret key, such as one that you set with: ` +
        `pulumi config set --secret ${name}:chatToken`,
    );

/** The secrets that the chosen engines and options need and the stack lacks, by key, each with what it is. */
function missingSecrets(
  system: KnownSystem,
  settings: CommonSettings,
  secrets: Secrets,
): (readonly [key: string, what: string])[] {
  const { name, secrets: variables } = system;
  const ofOthers = keysOfOthers(settings.secret, variables);
  const ofVariable = (key: string, variable: string) => [key, `environment variable ${variable}`] as const;
  const ofEngine = (key: keyof typeof engineSecrets) => [key, summaryOf(engineSecrets[key])] as const;
  const named = (place: string, keys: Readonly<Record<string, string>> = {}) =>
    Object.entries(keys).map(
      ([variable, key]) => [key, `environment variable ${variable} of ${name}:${place}`] as const,
    );
  const { postgres, redis, migrations } = settings;
  const ofBackups = missingBackupsKeys(false, secrets).map((key) => [key, summaryOf(systemBackupsKeys[key])] as const);
  const required = [
    ...ofBackups,
    ...Object.entries(settings.generateSecrets ? {} : variables.required)
      .filter(([key]) => !ofOthers.includes(key))
      .map(([key, variable]) => ofVariable(key, variable)),
    ...system.alsoRequired(settings).map((key) => ofVariable(key, variables.optional[key]!)),
    ...(postgres.engine === "external" ? [ofEngine("postgresAdminPassword")] : []),
    ...(postgres.engine === "existing" ? [ofEngine("databaseUrl")] : []),
    ...(redis?.engine === "external" ? [ofEngine("redisUrl")] : []),
    ...(migrations && "command" in migrations ? named("migrations", migrations.secrets) : []),
    ...named("backup", settings.backup?.command.secrets),
    ...secretsOf(settings.checks).map(([, key]) => [key, `named by ${name}:checks`] as const),
    ...Object.entries(settings.workloads).flatMap(([workload, { secrets }]) => named(`workloads.${workload}`, secrets)),
    ...Object.entries(settings.registries).map(
      ([host, { password }]) => [password, `password of the registry ${host}`] as const,
    ),
  ];
  return required
    .filter(([key]) => !(key in system.settings.shape))
    .filter(([key], index, all) => !secrets[key] && all.findIndex(([other]) => other === key) === index)
    .map(([key, what]) => [`${name}:${key}`, what]);
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

/**
 * Errors for images whose tag is of another release: the migrations of one would be followed by the programs of the other.
 * A digest says nothing of a release.
 */
function otherTags({ application, release }: CommonSettings): string[] {
  return Object.entries(application).flatMap(([name, image]: [string, unknown]) => {
    const tag = typeof image === "string" ? tagOf(image) : undefined;
    if (tag === undefined || isOfRelease(tag, release)) return [];
    return [
      `application.${name} is ${String(image)}, whose tag is not of release ${release}; leave the tag out, or set both to one release`,
    ];
  });
}

/** Errors for keys that are only for a stack without real users. */
function standInOnly(settings: CommonSettings): string[] {
  const { baseline, generateSecrets, postgres } = settings;
  const real = !isStandIn(settings);
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
