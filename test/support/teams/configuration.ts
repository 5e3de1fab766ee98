/**
 * Configuration of a stack with the five systems as their teams have them: Pulumi.staging.yaml with its values filled in,
 * but for what the lab does not have: cert-manager and the DNS, Supabase's and Neon's CLI, ReadWriteMany.
 */
import { FilledStack, secretsOf } from "../filled-stack";
import { configurationOf } from "../stack-configuration";
import { applicationsIn, sources } from "./applications";
import type { TeamRedis } from "./redis";
import { registryLogin, type TeamRegistry } from "./registry";

/** Database of a team, as its stack names it. */
export interface NamedDatabase {
  readonly system: string;
  /** Certificate authority of its server, as PEM. */
  readonly ca: string;
  /** Directory of the team's migrations. Default: the system has none. */
  readonly directory?: string;
}

/** Database with the URLs of its two logins. */
export interface TeamDatabaseOfStack extends NamedDatabase {
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string;
}

/** Servers of the teams beside their databases. */
export interface TeamServers {
  readonly registry: Pick<TeamRegistry, "host">;
  readonly redis: Pick<TeamRedis, "ca" | "url">;
}

/** Keys of a stack that are not secret. */
export type Configuration = Readonly<Record<string, unknown>>;

/** Keys of the stack itself that the local stack has as well. */
const ofLab = ["runsheet:context", "runsheet:protect", "runsheet:images", "runsheet:backups"];
/** Keys of staging that need what the lab does not have. */
const elsewhere = /^(.*:(ingress|publicUrl|backup)|prism:functions|prism:workloads)$/;

const images = applicationsIn(sources);

/** The lab's node has two processors. */
const small = { replicas: 1, resources: { cpu: "20m", memory: "64Mi" } };

/** Returns the keys of the databases and of their migrations. */
export function databaseConfiguration(databases: readonly NamedDatabase[]): Configuration {
  const keys = databases.flatMap(({ system, ca, directory }): (readonly [string, unknown])[] => [
    // A small project of Supabase has 60 connections, and PRISM six pods.
    [`${system}:postgres`, { engine: "existing", ca, connections: 3 }],
    ...(directory === undefined ? [] : ([[`${system}:migrations`, { sql: directory }]] as const)),
  ]);
  return Object.fromEntries(keys);
}

/** Returns the secrets of the databases. */
export function databaseSecrets(databases: readonly TeamDatabaseOfStack[]): Readonly<Record<string, string>> {
  const keys = databases.flatMap(({ system, databaseUrl, databaseDirectUrl }): (readonly [string, string])[] => [
    [`${system}:databaseUrl`, databaseUrl],
    [`${system}:databaseDirectUrl`, databaseDirectUrl],
  ]);
  return Object.fromEntries(keys);
}

/** Returns the secrets of a stack with the five systems. */
export function teamsSecrets(
  databases: readonly TeamDatabaseOfStack[],
  { redis }: TeamServers,
): Readonly<Record<string, string>> {
  const { "prism:supabaseAccessToken": _, "mued:neonApiKey": __, ...others } = secretsOf("staging");
  const logins = databases.map(({ system }) => [`${system}:registryPassword`, registryLogin.password] as const);
  return {
    ...others,
    ...databaseSecrets(databases),
    ...(Object.fromEntries(logins) as Record<string, string>),
    "omniops:redisUrl": redis.url(),
  };
}

/** Returns the configuration of a stack with the five systems, without its secrets. */
export function teamsConfiguration(
  databases: readonly NamedDatabase[],
  { registry: { host }, redis }: TeamServers,
): Configuration {
  const filled = new FilledStack("staging");
  const staging = { ...configurationOf("staging"), ...filled.changes() };
  filled.remove();
  const local = configurationOf("local");
  const { username } = registryLogin;
  const kept = Object.entries(staging).filter(([key]) => !elsewhere.test(key));
  const shared = ofLab.map((key) => [key, local[key]] as const);
  const logins = databases.map(({ system }) => [
    `${system}:registries`,
    { [host]: { username, password: "registryPassword" } },
  ]);
  const image = (name: string) => `${host}/${name}`;
  const commands = Object.entries(images["prism-api"]!.workloads!).map(([name, command]) => [name, { command }]);
  return {
    ...Object.fromEntries([...kept, ...shared]),
    "runsheet:namespacePrefix": "team-",
    ...databaseConfiguration(databases),
    ...(Object.fromEntries(logins) as Configuration),
    "prism:application": { api: image("prism-api"), functions: image("prism-functions") },
    "prism:workloads": Object.fromEntries(commands) as Configuration,
    "prism:smokeTest": { businessId: "00000000-0000-4000-8000-000000000002" },
    "omniops:application": { app: image("omniops") },
    "omniops:workloads": { "omniops-phase4": small },
    "omniops:redis": { engine: "external", ca: redis.ca },
    "mued:application": { app: image("mued") },
    "mued:metricsCommand": ["python3", "/app/mued_metrics.py"],
    "pm:application": { backend: image("pm-backend"), frontend: image("pm-frontend") },
    "pm:maintenance": { url: "pm-backend" },
    "pm:maintenanceDrainSeconds": 1,
    "ai-backend:application": { api: image("ai-backend") },
    "ai-backend:models": { accessMode: "ReadWriteOnce" },
    // The load of the tests comes from there.
    ...Object.fromEntries(databases.map(({ system }) => [`${system}:network`, { from: ["default"] }])),
  };
}
