/**
 * The stack's configuration, typed and validated. Everything that differs between stacks enters here, once; every
 * problem is reported before anything is changed.
 */
import * as pulumi from "@pulumi/pulumi";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { changesUpTo } from "./components/migrations";
import { migrations, prismSettings, secretVariables, type PrismSettings } from "./systems/prism/settings";

/** The public images, pinned; a stack overrides those that it gets from elsewhere. */
const images = z.strictObject({
  postgresql: z.string().default("ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie"),
  redis: z.string().default("docker.io/library/redis:8.2.1-bookworm"),
  node: z.string().default("docker.io/library/node:22.20.0-bookworm-slim"),
  sqitch: z.string().default("docker.io/sqitch/sqitch:v1.5.2.0"),
  cloudnativepgOperator: z.string().default("ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"),
  barmanPlugin: z.string().default("ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.14.0"),
  barmanSidecar: z.string().default("ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0"),
});

const runsheetSettings = z.strictObject({
  /** The kubeconfig's context to deploy to. It has to be named: the current one is never taken. */
  context: z.string().min(1),
  images: images.prefault({}),
  platform: z.strictObject({ install: z.boolean().default(true) }).prefault({}),
  /** Whether what holds data can be deleted only after `pulumi state unprotect`: namespaces, databases, Redis, dumps. */
  protect: z.boolean().default(true),
});

const prismSecrets = [...Object.keys(secretVariables), "sentryDsn", "postgresAdminPassword", "redisUrl"];

/** A system's secret values by configuration key; those that are not set are missing. */
export type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

export interface Configuration extends z.infer<typeof runsheetSettings> {
  readonly prism: PrismSettings & { readonly secrets: Secrets };
  /** Where fetched manifests are kept between runs. */
  readonly manifestCache: string;
}

/**
 * Reads the stack's configuration.
 * @throws RunError that lists every problem: unknown keys, missing ones, wrong values, secrets in plain text
 */
export function readConfiguration(): Configuration {
  const problems: string[] = [];
  const runsheet = readSection("runsheet", runsheetSettings, [], problems);
  const prism = readSection("prism", prismSettings, prismSecrets, problems);
  if (prism.settings) checkPrism(prism.settings, prism.secrets, problems);
  if (!runsheet.settings || !prism.settings || problems.length > 0) {
    const title = `the configuration of stack ${pulumi.getStack()} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}`;
    throw new pulumi.RunError(
      [`${title}; nothing was changed:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"),
    );
  }
  return {
    ...runsheet.settings,
    prism: { ...prism.settings, secrets: prism.secrets },
    manifestCache: join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "runsheet", "manifests"),
  };
}

/** What one key cannot say alone: which secrets the chosen engines and options need. */
function checkPrism(settings: PrismSettings, secrets: Secrets, problems: string[]): void {
  const required = [
    ...(settings.generateSecrets ? [] : Object.keys(secretVariables)),
    ...(settings.postgres.engine === "external" ? ["postgresAdminPassword"] : []),
    ...(settings.redis.engine === "external" ? ["redisUrl"] : []),
  ];
  for (const key of required.filter((key) => !secrets[key])) {
    problems.push(`prism:${key} is missing; set it with: pulumi config set --secret prism:${key}`);
  }
  try {
    changesUpTo({ project: migrations, target: settings.schema.target });
  } catch (error) {
    problems.push(`prism:${(error as Error).message}`);
  }
  if (settings.baseline && settings.postgres.engine === "external")
    problems.push("prism:baseline is only for a database of the stack's own, not for one on an external server");
  if (settings.baseline && "api" in settings.application)
    problems.push("prism:baseline is only for the stand-in: the real application has its schema");
  if (settings.generateSecrets && "api" in settings.application) {
    problems.push("prism:generateSecrets is only for the stand-in: the real application needs its real secrets");
  }
}

/** The keys of one namespace: secret ones as secret outputs, the others by their schema. */
function readSection<Shape extends z.ZodRawShape>(
  namespace: string,
  schema: z.ZodObject<Shape>,
  secretKeys: readonly string[],
  problems: string[],
): { settings: z.infer<z.ZodObject<Shape>> | undefined; secrets: Secrets } {
  const values: Record<string, unknown> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  for (const [fullKey, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!fullKey.startsWith(`${namespace}:`)) continue;
    const key = fullKey.slice(namespace.length + 1);
    if (!secretKeys.includes(key)) values[key] = parseValue(schema.shape[key] as z.ZodType | undefined, text);
    else if (isConfigSecret(fullKey)) secrets[key] = pulumi.secret(text);
    else
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
  if (issue.code === "invalid_type" && issue.input === undefined)
    return `${key} is missing; set it with: pulumi config set ${key}`;
  return `${key}: ${issue.message}`;
}
