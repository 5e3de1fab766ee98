/**
 * The stack's configuration, typed and validated. Everything that differs between stacks enters here, once.
 * Every problem is reported before anything is changed. The keys' descriptions are the source of docs/configuration.md.
 */
import * as pulumi from "@pulumi/pulumi";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { changesUpTo } from "../components/migrations";
import { unfitForLabel } from "../components/kubernetes/owner";
import { otherVersions, platformNamespace } from "../components/platform/versions";
import type { Backups } from "../components/system";
import { backupsKeys, backupsOf, backupsSettings, missingBackupsKeys } from "../components/system/backups";
import { resourceProblems } from "../components/system/resources";
import type { Secrets } from "../components/system/secrets";
import { postgresqlImage } from "../components/system/setting-values";
import type { CommonSettings } from "../components/system/settings";
import type { ConfiguredSystem } from "./configured-system";
import { namespaceOf } from "./namespaces";
import { refusal } from "./refusal";
import { described, parseValue, problemOf } from "./values";
import { names, systems, type KnownSystem } from "../systems";

const image = z.string().meta({ title: "image" });

/** The images that Runsheet itself runs: public ones, pinned. */
const images = z.strictObject({
  postgresql: postgresqlImage
    .default("ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie")
    .describe("PostgreSQL of CloudNativePG's kind, with psql and pg_dump."),
  redis: image.default("docker.io/library/redis:8.2.1-bookworm").describe("Redis."),
  node: image
    .default("docker.io/library/node:22.20.0-bookworm-slim")
    .describe("Node.js, which runs the checks and the dumps."),
  sqitch: image.default("docker.io/sqitch/sqitch:v1.5.2.0").describe("Sqitch with psql, which runs the migrations."),
  cloudnativepgOperator: image
    .default("ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0")
    .describe("CloudNativePG. A version in the tag must be the one that Runsheet installs."),
  barmanPlugin: image
    .default("ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.14.0")
    .describe("The Barman Cloud plugin. A version in the tag must be the one that Runsheet installs."),
  barmanSidecar: image
    .default("ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0")
    .describe("The plugin's sidecar. A version in the tag must be the one that Runsheet installs."),
});

/** The length that is left for a prefix of the longest of them in a namespace's name of at most 63 characters. */
const prefixLength = 63 - Math.max(...names.map(({ length }) => length));

/** The keys of the namespace `runsheet:` that are not secret. */
export const runsheetSettings = z.strictObject({
  context: z
    .string()
    .min(1)
    .meta({
      description: "Context of the kubeconfig to deploy to. The current context is never used.",
      examples: ["prod-eu"],
    }),
  cluster: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "UID of the cluster to deploy to, which is the UID of its namespace kube-system. Set it to move the stack " +
        "to another cluster. Default: the cluster of the first `up`.",
      examples: ["6d0c0f6e-8f0f-4c53-9d39-0c6f5c7b1f0a"],
    }),
  namespacePrefix: z
    .string()
    .regex(
      new RegExp(`^([a-z0-9][a-z0-9-]{0,${prefixLength - 1}})?$`),
      `must be the beginning of a namespace's name, such as staging-: at most ${prefixLength} of a-z, 0-9 and -, and no - at first`,
    )
    .default("")
    .meta({
      description:
        "Prefix of the names of the systems' namespaces, for stacks that share a cluster. It cannot be changed " +
        "once the stack is up.",
      examples: ["staging-"],
    }),
  takeOver: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: "Namespaces of other stacks, or without an owner, to take over with everything in them.",
      examples: [["staging-prism"]],
    }),
  images: images.prefault({}).meta({
    description: "Images that Runsheet itself runs, for registries of your own.",
    examples: [{ redis: "registry.example/redis:8.2.1" }],
  }),
  backups: backupsSettings.optional().meta({
    description:
      "Backups of the databases in a bucket. Default: no backups; dumps are taken before migrations only, and " +
      "stay on a volume of the cluster.",
    examples: [{ bucket: "example-backups", region: "eu-west-1" }],
  }),
  platform: z
    .strictObject({
      install: z.boolean().default(true).describe("Whether to install CloudNativePG and its Barman Cloud plugin."),
    })
    .prefault({})
    .describe("The operators that the databases need."),
  protect: z
    .boolean()
    .default(true)
    .describe(
      "Whether everything that holds data can be deleted only after `pulumi state unprotect`. This covers " +
        "namespaces, PostgreSQL, Redis, dumps, and the operators' custom resource definitions.",
    ),
  systems: z
    .array(z.enum(names, { error: `must be one of ${names.join(", ")}` }))
    .min(1)
    .default(names)
    .meta({
      description:
        "Systems to deploy. A system that is removed from the list is deleted, as far as `protect` permits; its " +
        "outputs remain until its namespace is deleted.",
      examples: [["prism", "omniops"]],
    }),
});

export interface Configuration extends Omit<z.infer<typeof runsheetSettings>, "systems" | "backups"> {
  readonly backups?: Backups;
  readonly systems: readonly ConfiguredSystem[];
  /** Directory of fetched manifests, kept between runs. */
  readonly manifestCache: string;
}

/**
 * Reads the stack's configuration, without the keys of systems that the stack does not have.
 * @throws RunError that lists every problem: unknown keys, missing ones, wrong values, secrets in plain text
 */
export function readConfiguration(): Configuration {
  const problems: string[] = [];
  const { settings: runsheet, secrets } = readSection("runsheet", runsheetSettings, Object.keys(backupsKeys), problems);
  problems.push(...missingBackupsKeys(runsheet?.backups, secrets));
  if (runsheet?.platform.install) problems.push(...otherVersions(runsheet.images));
  // Without its own section nobody knows which systems the stack has.
  const wanted = runsheet?.systems ?? [];
  const stack = { protect: runsheet?.protect ?? true, backups: runsheet?.backups !== undefined };
  problems.push(...unfitNames(), ...wrongTakeOver(runsheet));
  const configured = systems
    .filter(({ name }) => wanted.includes(name))
    .flatMap((system) => readSystem(system, stack, problems) ?? []);
  if (!runsheet || problems.length > 0) {
    const title = `the configuration of stack ${pulumi.getStack()} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}`;
    throw refusal(title, problems);
  }
  const { backups, ...settings } = runsheet;
  return {
    ...settings,
    backups: backups && backupsOf(backups, secrets, pulumi.getStack()),
    systems: configured,
    manifestCache: join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "runsheet", "manifests"),
  };
}

/** Errors for names that cannot be the labels of what the stack owns in a cluster. */
function unfitNames(): string[] {
  const names = { stack: pulumi.getStack(), project: pulumi.getProject() };
  return Object.entries(names).flatMap(([what, name]) => {
    const problem = unfitForLabel(name);
    return problem === undefined ? [] : [`the ${what}'s name ${name} ${problem}`];
  });
}

/** Errors for namespaces in takeOver that are not the stack's. */
function wrongTakeOver(runsheet: z.infer<typeof runsheetSettings> | undefined): string[] {
  if (!runsheet) return [];
  const { systems, namespacePrefix, platform, takeOver } = runsheet;
  const possible = [
    ...systems.map((name) => namespaceOf(name, namespacePrefix)),
    ...(platform.install ? [platformNamespace] : []),
  ];
  return takeOver
    .filter((name) => !possible.includes(name))
    .map(
      (name) => `runsheet:takeOver: ${name} is not a namespace of this stack; it must be one of ${possible.join(", ")}`,
    );
}

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
function readSystem(
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

/** Reads the keys of one namespace: secret ones as secret outputs, the others by their schema. */
function readSection<Settings>(
  namespace: string,
  schema: z.ZodType<Settings> & { readonly shape: z.ZodRawShape },
  secretKeys: readonly string[],
  problems: string[],
): { settings: Settings | undefined; secrets: Secrets } {
  const values: Record<string, unknown> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  for (const [fullKey, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!fullKey.startsWith(`${namespace}:`)) continue;
    const key = fullKey.slice(namespace.length + 1);
    if (!secretKeys.includes(key)) values[key] = parseValue(schema.shape[key] as z.ZodType | undefined, text);
    else if (isConfigSecret(fullKey)) {
      secrets[key] = pulumi.secret(text);
      problems.push(...wrongSecret(fullKey, text));
    } else problems.push(`${fullKey} is a secret in plain text; set it with: pulumi config set --secret ${fullKey}`);
  }
  const result = schema.safeParse(values, described);
  if (result.success) return { settings: result.data, secrets };
  const known = [...Object.keys(schema.shape), ...secretKeys];
  problems.push(...result.error.issues.map((issue) => problemOf(namespace, issue, known, isConfigSecret)));
  return { settings: undefined, secrets };
}

/** Errors for what no secret may be. They do not show it. */
function wrongSecret(key: string, text: string): string[] {
  const set = `set it with: pulumi config set --secret ${key}`;
  if (text === "") return [`${key} is empty; ${set}`];
  // Control characters, such as the line break at the end of a file.
  if (/^\s|\s$|\p{Cc}/u.test(text))
    return [`${key} begins or ends with white space, or contains a line break; remove it, and ${set}`];
  if (key.endsWith("Url") && !URL.canParse(text))
    return [`${key} is not a URL; in its password write %2F for /, %23 for #, %3F for ? and %40 for @`];
  return [];
}

/** The SDK has this function and keeps it out of its types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
