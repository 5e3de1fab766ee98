/** A system's keys, and what they must be to each other. */
import { changesUpTo } from "../components/migrations";
import { resourceProblems } from "../components/system/resources";
import type { Secrets } from "../components/system/secrets";
import type { CommonSettings } from "../components/system/settings";
import type { KnownSystem } from "../systems";
import type { ConfiguredSystem } from "./configured-system";
import { readSection } from "./section";

/** The secret keys that an external PostgreSQL or Redis needs, with their descriptions. */
export const engineSecrets = {
  postgresAdminPassword: "Password of `postgres.adminUser`. Required with `postgres.engine: external`.",
  redisUrl: "URL of the Redis. Required with `redis.engine: external`.",
} as const;

/** The secret keys of a system. */
export function secretKeysOf({ secrets, settings }: KnownSystem): string[] {
  const { postgresAdminPassword, redisUrl } = engineSecrets;
  const ofEngines = { postgresAdminPassword, ...("redis" in settings.shape && { redisUrl }) };
  return Object.keys({ ...secrets.required, ...secrets.optional, ...ofEngines });
}

/** Reads a system's section and checks its keys against each other. */
export function readSystem(
  system: KnownSystem,
  stack: { readonly protect: boolean; readonly backups: boolean },
  problems: string[],
): ConfiguredSystem | undefined {
  const { settings, secrets } = readSection(system.name, system.settings, secretKeysOf(system), problems);
  if (!settings) return undefined;
  const target = wrongTarget(system, settings);
  const found = [
    ...missingSecrets(system, settings, secrets),
    ...target,
    ...standInOnly(settings),
    ...impossibleRestore(settings, stack.backups),
    ...resourceProblems(settings, stack),
    ...(target.length === 0 ? system.problems(settings) : []),
  ];
  problems.push(...found.map((problem) => `${system.name}:${problem}`));
  return { system, settings, secrets };
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
    ...(settings.redis?.engine === "external" ? ["redisUrl"] : []),
  ];
  return required
    .filter((key) => !secrets[key])
    .map((key) => `${key} is missing; set it with: pulumi config set --secret ${name}:${key}`);
}

function wrongTarget({ migrations }: KnownSystem, { schema }: CommonSettings): string[] {
  try {
    if (migrations) changesUpTo({ project: migrations, target: schema?.target });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Errors for a restore that no database of this configuration can have. */
function impossibleRestore({ restore, postgres }: CommonSettings, backups: boolean): string[] {
  if (!restore) return [];
  return [
    ...(postgres.engine === "external"
      ? ["restore cannot restore a database on an external server; remove restore, and restore it on that server"]
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
    ...(baseline && real
      ? ["baseline is true and the application is not the stand-in, but has a schema of its own; set it to false"]
      : []),
    ...(generateSecrets && real
      ? ["generateSecrets is true and the application is not the stand-in; set it to false, and set the real secrets"]
      : []),
  ];
}
