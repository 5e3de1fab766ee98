/**
 * The stack's configuration, typed and validated. Everything that differs between stacks enters here, once; every
 * problem is reported before anything is changed.
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
import { postgresqlImage, type CommonSettings } from "../components/system/settings";
import { namespaceOf } from "./namespaces";
import { refusal } from "./refusal";
import { names, systems, type KnownSystem } from "../systems";

/** The public images, pinned; a stack overrides those that it gets from elsewhere. */
const images = z.strictObject({
  postgresql: postgresqlImage.default("ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie"),
  redis: z.string().default("docker.io/library/redis:8.2.1-bookworm"),
  node: z.string().default("docker.io/library/node:22.20.0-bookworm-slim"),
  sqitch: z.string().default("docker.io/sqitch/sqitch:v1.5.2.0"),
  cloudnativepgOperator: z.string().default("ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"),
  barmanPlugin: z.string().default("ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.14.0"),
  barmanSidecar: z.string().default("ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0"),
});

/** What fits before the longest of them in the name of a namespace, which has 63 characters at most. */
const prefixLength = 63 - Math.max(...names.map(({ length }) => length));

const runsheetSettings = z.strictObject({
  /** The kubeconfig's context to deploy to. It has to be named: the current one is never taken. */
  context: z.string().min(1),
  /** The UID of the cluster that the stack is in. Default: that of the first `up`. */
  cluster: z.string().min(1).optional(),
  /** What the names of the systems' namespaces begin with, where stacks share a cluster. Default: nothing. */
  namespacePrefix: z
    .string()
    .regex(
      new RegExp(`^([a-z0-9][a-z0-9-]{0,${prefixLength - 1}})?$`),
      `must be what the name of a namespace can begin with, such as staging-: at most ${prefixLength} of a-z, 0-9 and -, and no - at first`,
    )
    .default(""),
  /** Namespaces of others that this stack takes over with all that is in them. */
  takeOver: z.array(z.string().min(1)).default([]),
  images: images.prefault({}),
  /** Default: nothing is archived, and dumps are taken before migrations only and stay in the cluster. */
  backups: backupsSettings.optional(),
  platform: z.strictObject({ install: z.boolean().default(true) }).prefault({}),
  /** Whether what holds data can be deleted only after `pulumi state unprotect`: namespaces, databases, Redis, dumps. */
  protect: z.boolean().default(true),
  /** Which systems the stack has. Default: all. */
  systems: z
    .array(z.enum(names, { error: `must be some of ${names.join(", ")}` }))
    .min(1)
    .default(names),
});

/** A system that the stack has, with its part of the configuration. */
export interface ConfiguredSystem {
  readonly system: KnownSystem;
  readonly settings: CommonSettings;
  readonly secrets: Secrets;
}

export interface Configuration extends Omit<z.infer<typeof runsheetSettings>, "systems" | "backups"> {
  readonly backups?: Backups;
  readonly systems: readonly ConfiguredSystem[];
  /** Where fetched manifests are kept between runs. */
  readonly manifestCache: string;
}

/**
 * Reads the stack's configuration. The keys of a system that the stack does not have are not looked at.
 * @throws RunError that lists every problem: unknown keys, missing ones, wrong values, secrets in plain text
 */
export function readConfiguration(): Configuration {
  const problems: string[] = [];
  const { settings: runsheet, secrets } = readSection("runsheet", runsheetSettings, backupsKeys, problems);
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

/** What owns data in a cluster says so there by its name. */
function unfitNames(): string[] {
  const names = { stack: pulumi.getStack(), project: pulumi.getProject() };
  return Object.entries(names).flatMap(([what, name]) => {
    const problem = unfitForLabel(name);
    return problem === undefined ? [] : [`the ${what}'s name ${name} ${problem}`];
  });
}

/** Names of takeOver that are not the stack's. */
function wrongTakeOver(runsheet: z.infer<typeof runsheetSettings> | undefined): string[] {
  if (!runsheet) return [];
  const { systems, namespacePrefix, platform, takeOver } = runsheet;
  const possible = [
    ...systems.map((name) => namespaceOf(name, namespacePrefix)),
    ...(platform.install ? [platformNamespace] : []),
  ];
  return takeOver
    .filter((name) => !possible.includes(name))
    .map((name) => `runsheet:takeOver: ${name} is no namespace that this stack has; it has ${possible.join(", ")}`);
}

/** A system's section, and what its keys say together. */
function readSystem(
  system: KnownSystem,
  stack: { readonly protect: boolean; readonly backups: boolean },
  problems: string[],
): ConfiguredSystem | undefined {
  const { required, optional } = system.secrets;
  const ofEngines = ["postgresAdminPassword", ...("redis" in system.settings.shape ? ["redisUrl"] : [])];
  const secretKeys = [...Object.keys({ ...required, ...optional }), ...ofEngines];
  const { settings, secrets } = readSection(system.name, system.settings, secretKeys, problems);
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

/** Which secrets the chosen engines and options need, and the stack lacks. */
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

/** Why a restore that is asked for cannot be, whatever the databases are. */
function impossibleRestore({ restore, postgres }: CommonSettings, backups: boolean): string[] {
  if (!restore) return [];
  return [
    ...(postgres.engine === "external"
      ? ["restore is only for a database of the stack's own: one on an external server is brought back there"]
      : []),
    ...(backups ? [] : ["restore needs runsheet:backups, which says where the backups are"]),
  ];
}

/** What is only for a stack without real users. */
function standInOnly({ application, baseline, generateSecrets, postgres }: CommonSettings): string[] {
  const real = !("standIn" in application);
  return [
    ...(baseline && postgres.engine === "external"
      ? ["baseline is only for a database of the stack's own, not for one on an external server"]
      : []),
    ...(baseline && real ? ["baseline is only for the stand-in: the real application has its schema"] : []),
    ...(generateSecrets && real
      ? ["generateSecrets is only for the stand-in: the real application needs its real secrets"]
      : []),
  ];
}

/** The keys of one namespace: secret ones as secret outputs, the others by their schema. */
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
    } else
      problems.push(
        `${fullKey} is secret and stands in plain text; set it with: pulumi config set --secret ${fullKey}`,
      );
  }
  const result = schema.safeParse(values);
  if (result.success) return { settings: result.data, secrets };
  for (const issue of result.error.issues)
    problems.push(describe(namespace, issue, [...Object.keys(schema.shape), ...secretKeys]));
  return { settings: undefined, secrets };
}

/** What no secret may be, in words that do not show it. */
function wrongSecret(key: string, text: string): string[] {
  if (text === "") return [`${key} is empty`];
  // Control characters, such as the line break at the end of a file.
  if (/^\s|\s$|\p{Cc}/u.test(text))
    return [`${key} begins or ends with a blank, or has a line break in it; set it again without`];
  if (key.endsWith("Url") && !URL.canParse(text))
    return [`${key} is no URL; in its password / is written %2F, # is %23, ? is %3F and @ is %40`];
  return [];
}

/** The SDK has this function and keeps it out of its types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** Pulumi hands every value over as text; one that is not valid as text is JSON. */
function parseValue(schema: z.ZodType | undefined, text: string): unknown {
  if (!schema || schema.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(namespace: string, issue: z.core.$ZodIssue, known: readonly string[]): string {
  const key = `${namespace}:${issue.path.join(".")}`;
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((name) => (issue.path.length > 0 ? `${key}.${name}` : `${key}${name}`)).join(", ");
    const wayOut = issue.path.length > 0 ? "" : `; the keys of ${namespace}: are ${known.join(", ")}`;
    return `${names} is no key that Runsheet knows${wayOut}`;
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    const leaveOut = namespace === "runsheet" ? "" : `, or leave ${namespace} out of runsheet:systems`;
    return `${key} is missing; set it with: pulumi config set ${key}${leaveOut}`;
  }
  return `${key}: ${issue.message}`;
}
