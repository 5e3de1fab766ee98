/** What the configuration of every system has in common. */
import { z } from "zod";
import { proofs } from "../backups/dumps";
import { tiers } from "../backups/tiers";
import { majorOf } from "../postgres/image";
import type { RestorePoint } from "./database-plan";

/** A size of memory or of a volume. */
export const quantity = z.string().regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi");

/** A release is a label of pods and part of a dump's name. */
const release = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    "must be a version such as 5.0.0 (letters, digits, '.', '_', '-')",
  );

/** An image of PostgreSQL whose tag says which. */
export const postgresqlImage = z
  .string()
  .refine(
    (image) => majorOf(image) !== undefined,
    "must have a tag that begins with PostgreSQL's version, such as registry.example/postgresql:17.6; a digest may come after it",
  );

/** The image of this system's servers, and of the programs that dump and restore it. Default: runsheet:images.postgresql. */
const image = postgresqlImage.optional();

/** What a pod is promised of its node's processors. */
export const cpus = z.string().regex(/^\d+m?$/, "must be CPUs, such as 500m");

/** A name as Kubernetes has it, of something that the cluster has. */
const kubernetesName = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be a name of Kubernetes' kind");

/** The class of volumes that are made from now on. Default: the cluster's own. */
const storageClass = kubernetesName.optional();

/** How PostgreSQL is provided. */
const postgres = z.discriminatedUnion("engine", [
  z.strictObject({
    engine: z.literal("cloudnativepg"),
    image,
    instances: z.int().min(1).max(9).default(1),
    storage: quantity.default("1Gi"),
    storageClass,
    /** Size of a volume for the log alone: what fills it leaves the data's as it is. Default: the log lies with the data. */
    walStorage: quantity.optional(),
    /** What each server is promised of its node, and may take. Default: nothing, where the stack does not protect its data. */
    resources: z
      .strictObject({ cpu: cpus, memory: quantity, cpuLimit: cpus.optional(), memoryLimit: quantity.optional() })
      .optional(),
    /** Which pods go first where a node has too little. Default: the cluster's own. */
    priorityClass: kubernetesName.optional(),
    /** PgBouncer between the application and the servers; migrations and dumps go past it. Default: none. */
    pooler: z
      .strictObject({
        mode: z.enum(["session", "transaction"], { error: "must be session or transaction" }),
        instances: z.int().min(1).max(9).default(2),
        connections: z.int().min(1).default(20),
        clients: z.int().min(1).default(1000),
      })
      .optional(),
    /** Whether the cluster's Prometheus operator reads its metrics. */
    podMonitor: z.boolean().default(false),
    parameters: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    engine: z.literal("external"),
    image,
    host: z.string().min(1),
    port: z.int().min(1).max(65535).default(5432),
    adminUser: z.string().min(1).default("postgres"),
    sslMode: z.enum(["disable", "require", "verify-full"]).default("require"),
  }),
]);

/** Memory that the node must have for a Redis. */
const memory = (needed: string) => quantity.default(needed);

/** How Redis is provided, for the systems that use one. */
export const redis = z.discriminatedUnion("engine", [
  z.strictObject({
    engine: z.literal("kubernetes"),
    /** Size of the volume, where Redis keeps what it holds. */
    storage: quantity.default("1Gi"),
    storageClass,
    memory: memory("64Mi"),
  }),
  z.strictObject({ engine: z.literal("external") }),
]);

/** The same for a Redis that keeps nothing, and is to hold so much. */
export const volatileRedis = (needed: string) =>
  z.discriminatedUnion("engine", [
    z.strictObject({ engine: z.literal("kubernetes"), memory: memory(needed) }),
    z.strictObject({ engine: z.literal("external") }),
  ]);

/** A time zone by its name, as the tz database writes it: Kubernetes takes no other. */
export const timeZone = z.string().refine(isTimeZone, "must be a time zone such as Africa/Lagos");

/** When a schedule runs: minute, hour, day of the month, month, day of the week. */
export const cron = z
  .string()
  .regex(/^([\d*/,-]+ ){3}[\dA-Za-z*/,-]+ [\dA-Za-z*/,-]+$/, "must be cron's five fields, such as 0 2 * * *");

function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Where an application comes from: its images by what they are for, tagged with the release; or the stand-in of the local
 * stack.
 */
export function application<Name extends string>(...images: readonly Name[]) {
  const shape = Object.fromEntries(images.map((name) => [name, z.string().min(1)])) as Record<Name, z.ZodString>;
  const example = images.map((name) => `${name}: IMAGE`).join(", ");
  return z.union([z.strictObject({ standIn: z.literal(true) }), z.strictObject(shape)], {
    error: `must be { ${example} } or { standIn: true }`,
  });
}

/**
 * ISO 8601 of a time that is written so, or as Pulumi hands one over that has no quotation marks in YAML:
 * 2026-11-27 09:30:00.25 +0100 +0100. Undefined if the text is none.
 */
function timeOf(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z| ?([+-]\d\d):?(\d\d)(?: \S+)?)$/.exec(text);
  if (!match) return undefined;
  const [, day, time, hours, minutes] = match;
  const iso = `${day}T${time}${hours === undefined || `${hours}${minutes}` === "+0000" ? "Z" : `${hours}:${minutes}`}`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** A moment to bring a database back to, or a dump. */
const restorePoint = z.string().transform((text, context): RestorePoint => {
  if (text === "latest") return text;
  if (/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(text)) return { lsn: text.toUpperCase() };
  const time = timeOf(text);
  if (time !== undefined) return { time };
  if (tiers.some((tier) => text.startsWith(`${tier}/`))) return { dump: text };
  context.addIssue(
    `must be latest, a time such as 2026-11-27T09:30:00Z, a position of the log such as 0/3000028, or a dump such as ${tiers[0]}/20261127T010000Z`,
  );
  return z.NEVER;
});

/** The keys that every system has, beside its `application`. */
export const commonSettings = {
  release,
  postgres,
  /** Whether missing secrets are generated. Only for a stack without real users. */
  generateSecrets: z.boolean().default(false),
  /** A rollout that makes no progress for so long has failed. */
  rolloutDeadlineSeconds: z.int().min(10).default(300),
  /** Brings the database back from the archive or from a dump. Default: it is the one that it is. */
  restore: z
    .strictObject({
      /** latest; a time; a position of the write-ahead log; the name of a dump. */
      from: restorePoint,
      /** The live database, which is given up. Required where there is one. */
      replaces: z.string().min(1).optional(),
      /** What the archive calls the database that is brought back. Default: the one that is given up. */
      server: z.string().min(1).optional(),
      /** How long it may take until the database is there: a day for what is very large. */
      deadlineSeconds: z.int().min(60).max(86_400).default(3600),
    })
    .optional(),
  /** The live database, where the stack's outputs do not know it, or the cluster has recorded another. */
  live: z.string().min(1).optional(),
  /** Databases that restores gave up, and that are no longer kept. */
  discard: z.array(z.string().min(1)).default([]),
};

/** The keys of the systems that have migrations. */
export const schemaSettings = {
  /** Whether to create what the runbook takes as given. Only for a stack of its own. */
  baseline: z.boolean().default(false),
  /** Which changes the database has. */
  schema: z
    .strictObject({
      /** The last change to have; later ones are reverted. "none" reverts all. Default: all changes. */
      target: z.string().min(1).optional(),
    })
    .default({}),
  /** The dump before the migrations. */
  dump: z
    .strictObject({
      /** Size of the volume that holds the dumps. */
      storage: quantity.default("1Gi"),
      /** A dump that takes longer, with its proof, has failed. */
      deadlineSeconds: z.int().min(60).default(7200),
      /** Whether a dump counts when it was restored into a scratch server and verified there, or when it was read whole. */
      proof: z.enum(proofs, { error: `must be one of ${proofs.join(", ")}` }).default("restore"),
      /** Room for the scratch server. Default: the size of the database's volume; 10Gi of one on an external server. */
      scratch: quantity.optional(),
      /** Class of a volume for it, which is made for each dump's pod and goes with it. Default: it is on the node's own disk. */
      scratchClass: z.string().min(1).optional(),
    })
    .prefault({}),
};

/** What is known of the settings of any system. */
export interface CommonSettings
  extends z.infer<z.ZodObject<typeof commonSettings>>, Partial<z.infer<z.ZodObject<typeof schemaSettings>>> {
  readonly application: { readonly standIn: true } | Readonly<Record<string, string>>;
  readonly redis?: z.infer<typeof redis> | z.infer<ReturnType<typeof volatileRedis>>;
}

/** A system's keys and secrets, as its folder declares them for stack/config.ts. */
export interface SystemConfiguration<Settings extends CommonSettings> {
  /** The keys that are not secret. */
  readonly settings: z.ZodType<Settings> & { readonly shape: z.ZodRawShape };
  /** The secret keys, with the environment variable that each becomes. */
  readonly secrets: SecretVariables;
  /** The Sqitch project: sqitch.plan, deploy/, verify/, revert/. Default: the system has no migrations. */
  readonly migrations?: string;
  /** What one key cannot say alone; each problem with its key. Asked where `schema.target` is a change. Default: nothing to add. */
  readonly problems?: (settings: Settings) => readonly string[];
}

/** Environment variables by configuration key. */
export interface SecretVariables {
  readonly required: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}
