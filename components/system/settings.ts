/** The configuration that all systems share. */
import { z } from "zod";
import { proofs } from "../backups/dumps";
import { tiers } from "../backups/tiers";
import { majorOf } from "../postgres/image";
import type { RestorePoint } from "./database-plan";

/** A size of memory or of a volume. */
export const quantity = z
  .string()
  .regex(/^\d+(Mi|Gi|Ti)$/, "must be a size such as 10Gi")
  .meta({ title: "size", examples: ["10Gi"] });

/** A release is a label of pods and part of a dump's name. */
const release = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    "must be a version such as 5.0.0 (letters, digits, '.', '_', '-')",
  )
  .meta({
    description: "Version of the application to run. It is the tag of the application's images.",
    examples: ["5.0.0"],
  });

/** An image of PostgreSQL whose tag says which. */
export const postgresqlImage = z
  .string()
  .refine(
    (image) => majorOf(image) !== undefined,
    "must have a tag that begins with PostgreSQL's version, such as registry.example/postgresql:17.6; a digest may come after it",
  )
  .meta({ title: "image", examples: ["registry.example/postgresql:17.6"] });

const image = postgresqlImage
  .optional()
  .describe(
    "Image of this system's PostgreSQL servers, and of the programs that dump and restore it. Its tag begins with " +
      "the version; another major version needs a restored dump. Default: `runsheet:images.postgresql`.",
  );

/** A pod's request of its node's processors, or its limit. */
export const cpus = z
  .string()
  .regex(/^\d+m?$/, "must be CPUs, such as 500m")
  .meta({ title: "CPUs", examples: ["500m"] });

/** The name of an object in Kubernetes. */
const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be the name of an object in Kubernetes, such as fast-ssd");

const storageClass = kubernetesName.optional().meta({
  description: "StorageClass of new volumes. Volumes that exist keep theirs. Default: the cluster's default class.",
  examples: ["fast-ssd"],
});

const instances = z.int().min(1).max(9);

const resources = z
  .strictObject({
    cpu: cpus.describe("CPU request of each server."),
    memory: quantity.meta({ description: "Memory request of each server.", examples: ["2Gi"] }),
    cpuLimit: cpus.optional().describe("CPU limit of each server. Default: no limit."),
    memoryLimit: quantity.optional().describe("Memory limit of each server. Default: no limit."),
  })
  .optional()
  .meta({
    description:
      "Resources of each server. Required while `runsheet:protect` is true: without requests a server is the " +
      "first to be killed when a node runs out of memory. Default: none.",
    examples: [{ cpu: "500m", memory: "2Gi" }],
  });

const pooler = z
  .strictObject({
    mode: z
      .enum(["session", "transaction"], { error: "must be session or transaction" })
      .describe(
        "PgBouncer's pool mode. With `transaction` the application loses session state, such as advisory locks " +
          "and `SET` outside a transaction.",
      ),
    instances: instances.default(2).describe("Number of PgBouncer pods."),
    connections: z.int().min(1).default(20).describe("Connections from each PgBouncer pod to the server."),
    clients: z.int().min(1).default(1000).describe("Client connections that each PgBouncer pod accepts."),
  })
  .optional()
  .meta({
    description:
      "PgBouncer for the application's `DATABASE_URL`. Migrations, dumps and checks connect to the server itself. " +
      "Default: no pooler.",
    examples: [{ mode: "transaction" }],
  });

const postgres = z
  .discriminatedUnion("engine", [
    z.strictObject({
      engine: z.literal("cloudnativepg").describe("CloudNativePG runs the database in the cluster."),
      image,
      instances: instances
        .default(1)
        .describe(
          "Number of servers: one primary, the others replicas, spread over nodes and zones where there are several.",
        ),
      storage: quantity
        .default("1Gi")
        .describe(
          "Size of each server's data volume. It can grow if the StorageClass allows it, and never shrink. At " +
            "least 10Gi while `runsheet:protect` is true and `runsheet:backups` is set, unless `walStorage` is at " +
            "least 10Gi.",
        ),
      storageClass,
      walStorage: quantity
        .optional()
        .describe(
          "Size of a separate volume for the write-ahead log, so that a log that is not archived does not fill " +
            "the data volume. It can be added later and grow; it cannot shrink or be removed. Default: the log is " +
            "on the data volume.",
        ),
      resources,
      priorityClass: kubernetesName.optional().meta({
        description:
          "PriorityClass of the servers. A change takes effect when a server next starts. Default: the cluster's " +
          "default.",
        examples: ["production-critical"],
      }),
      pooler,
      podMonitor: z
        .boolean()
        .default(false)
        .describe(
          "Whether to create a PodMonitor, through which the cluster's Prometheus operator collects the servers' " +
            "metrics.",
        ),
      parameters: z
        .record(z.string(), z.string())
        .default({})
        .meta({
          description:
            "PostgreSQL parameters. All values are strings. Unless set here, `shared_buffers` is a quarter of " +
            "`resources.memory` and `effective_cache_size` three quarters; with replicas and an archive, " +
            "`max_slot_wal_keep_size` is half of `walStorage`, or a quarter of `storage`.",
          examples: [{ max_connections: "300" }],
        }),
    }),
    z.strictObject({
      engine: z.literal("external").describe("The database is created on a PostgreSQL server that exists."),
      image,
      host: z
        .string()
        .min(1)
        .meta({ description: "Host name or address of the server.", examples: ["db.example.com"] }),
      port: z.int().min(1).max(65535).default(5432).describe("Port of the server."),
      adminUser: z
        .string()
        .min(1)
        .default("postgres")
        .describe(
          "Administrator that creates the database and its roles. The password is the secret `postgresAdminPassword`.",
        ),
      sslMode: z
        .enum(["disable", "require", "verify-full"])
        .default("require")
        .describe(
          "TLS of every connection. `require` encrypts and does not verify the server. `verify-full` needs a " +
            "certificate of a publicly trusted authority, and clients of PostgreSQL 16 or later.",
        ),
    }),
  ])
  .meta({
    description: "The PostgreSQL database of the system.",
    examples: [
      { engine: "cloudnativepg", instances: 3, storage: "100Gi", resources: { cpu: "500m", memory: "2Gi" } },
      { engine: "external", host: "db.example.com" },
    ],
  });

/** Memory that the node must have for a Redis. */
const memory = (needed: string) => quantity.default(needed).describe("Memory request of the Redis pod.");

const externalRedis = z.strictObject({
  engine: z.literal("external").describe("A Redis that exists. Its address is the secret `redisUrl`."),
});

const inCluster = z.literal("kubernetes").describe("Redis runs in the cluster.");

/** A Redis that keeps its data on a volume. */
export const redis = z
  .discriminatedUnion("engine", [
    z.strictObject({
      engine: inCluster,
      storage: quantity
        .default("1Gi")
        .describe("Size of the volume that Redis persists its data on. It cannot be changed once the volume exists."),
      storageClass,
      memory: memory("64Mi"),
    }),
    externalRedis,
  ])
  .meta({
    description: "The Redis of the system.",
    examples: [{ engine: "kubernetes", storage: "2Gi" }, { engine: "external" }],
  });

/** A Redis without a volume: its data is lost with its pod. */
export const volatileRedis = (needed: string) =>
  z.discriminatedUnion("engine", [z.strictObject({ engine: inCluster, memory: memory(needed) }), externalRedis]).meta({
    description: "The Redis of the system. It has no volume: its data is lost with its pod.",
    examples: [{ engine: "kubernetes", memory: needed }, { engine: "external" }],
  });

/** A time zone by its name, as the tz database writes it: Kubernetes takes no other. */
export const timeZone = z
  .string()
  .refine(isTimeZone, "must be a time zone such as Africa/Lagos")
  .meta({ title: "time zone", examples: ["Africa/Lagos"] });

/** A schedule: minute, hour, day of the month, month, day of the week. */
export const cron = z
  .string()
  .regex(/^([\d*/,-]+ ){3}[\dA-Za-z*/,-]+ [\dA-Za-z*/,-]+$/, "must be cron's five fields, such as 0 2 * * *")
  .meta({ title: "cron schedule", examples: ["0 2 * * *"] });

function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The images of an application by their purpose, tagged with the release; or the stand-in of the local stack. */
export function application<Name extends string>(...images: readonly Name[]) {
  const shape = Object.fromEntries(
    images.map((name) => {
      const description = `Image of the ${name}, without a tag.`;
      return [
        name,
        z
          .string()
          .min(1)
          .meta({ title: "image", description, examples: [`registry.example/${name}`] }),
      ];
    }),
  ) as Record<Name, z.ZodString>;
  const example = images.map((name) => `${name}: IMAGE`).join(", ");
  const standIn = z.literal(true).describe("Runs the stand-in of the local stack in place of the application.");
  return z
    .union([z.strictObject(shape), z.strictObject({ standIn })], {
      error: `must be { ${example} } or { standIn: true }`,
    })
    .meta({
      description: "Images of the application, without tags: `release` is the tag. Or the stand-in of the local stack.",
      examples: [Object.fromEntries(images.map((name) => [name, `registry.example/${name}`])), { standIn: true }],
    });
}

/**
 * Converts a time to ISO 8601. Pulumi hands over a time without quotation marks in YAML as
 * 2026-11-27 09:30:00.25 +0100 +0100. Undefined if the text is not a time.
 */
function timeOf(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z| ?([+-]\d\d):?(\d\d)(?: \S+)?)$/.exec(text);
  if (!match) return undefined;
  const [, day, time, hours, minutes] = match;
  const iso = `${day}T${time}${hours === undefined || `${hours}${minutes}` === "+0000" ? "Z" : `${hours}:${minutes}`}`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** A moment to restore a database to, or a dump. */
const restorePoint = z.string().transform((text, context): RestorePoint => {
  if (text === "latest") return text;
  if (/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(text)) return { lsn: text.toUpperCase() };
  const time = timeOf(text);
  if (time !== undefined) return { time };
  if (tiers.some((tier) => text.startsWith(`${tier}/`))) return { dump: text };
  context.addIssue(
    `must be latest, a time such as 2026-11-27T09:30:00Z, an LSN such as 0/3000028, or a dump such as ${tiers[0]}/20261127T010000Z`,
  );
  return z.NEVER;
});

/** The keys that every system has, beside its `application`. */
export const commonSettings = {
  release,
  postgres,
  generateSecrets: z
    .boolean()
    .default(false)
    .describe("Whether to generate secrets that are not set. Allowed only with the stand-in."),
  rolloutDeadlineSeconds: z
    .int()
    .min(10)
    .default(300)
    .describe("Time without progress, in seconds, after which a rollout has failed."),
  restore: z
    .strictObject({
      from: restorePoint.meta({
        description:
          "What to restore: `latest`; a time with its zone, whose last commit is included; an LSN of the " +
          "write-ahead log; or a dump by its name in the bucket, without `.dump`.",
        examples: ["latest", "2026-11-27T09:30:00Z", "0/3000028", "daily/20261127T010000Z"],
      }),
      replaces: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "Name of the live database that the restored one replaces (`pulumi stack output SYSTEM`). Required if " +
            "there is a live database. Default: none.",
          examples: ["prism-postgresql"],
        }),
      server: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "Server name of the database in the archive. Required on a new stack, unless a dump is restored. " +
            "Default: that of the database in `replaces`.",
          examples: ["prism-postgresql"],
        }),
      deadlineSeconds: z
        .int()
        .min(60)
        .max(86_400)
        .default(3600)
        .describe("Time in seconds until the restored database must be ready."),
    })
    .optional()
    .meta({
      description:
        "Restores the database from the archive or from a dump, into a new database. If it fails, the next `up` " +
        "resumes it. The live database is stopped once the new one is verified; with `latest` of the live " +
        "database itself it is stopped before that, and after the same restore was tried beside it. Default: no " +
        "restore.",
      examples: [{ from: "2026-11-27T09:30:00Z", replaces: "prism-postgresql" }],
    }),
  live: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Name of the live database. Needed only if the stack's outputs are lost, or if the cluster records " +
        "another database; the error that asks for it names both. Default: the one in the stack's outputs.",
      examples: ["prism-postgresql"],
    }),
  discard: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: "Replaced databases to delete, by name.", examples: [["prism-postgresql"]] }),
};

/** The keys of the systems that have migrations. */
export const schemaSettings = {
  baseline: z
    .boolean()
    .default(false)
    .describe(
      "Whether to create the schema that the runbook expects to exist. Allowed only with the stand-in and a " +
        "database that the stack creates.",
    ),
  schema: z
    .strictObject({
      target: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "Last change of `sqitch.plan` to deploy. Later changes are reverted. `none` reverts all. Default: all " +
            "changes.",
          examples: ["none"],
        }),
    })
    .default({})
    .describe("Migrations to deploy."),
  dump: z
    .strictObject({
      storage: quantity
        .default("1Gi")
        .describe(
          "Space for a dump on its way to the object store, on the node's disk. Without `runsheet:backups`: size " +
            "of the volume that keeps all dumps.",
        ),
      deadlineSeconds: z
        .int()
        .min(60)
        .default(7200)
        .describe("Time in seconds after which a dump, including its proof, has failed."),
      proof: z
        .enum(proofs, { error: `must be one of ${proofs.join(", ")}` })
        .default("restore")
        .describe(
          "Proof that a dump is good. `restore` restores it into a scratch server and verifies it there. `read` " +
            "reads it whole.",
        ),
      scratch: quantity
        .optional()
        .describe(
          "Space for the scratch server. Default: the size of the database's data volume, or 10Gi if the database " +
            "is on an external server.",
        ),
      scratchClass: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "StorageClass of a volume for the scratch server, which is created and deleted with each dump's pod. " +
            "Default: the scratch server is on the node's disk.",
          examples: ["fast-ssd"],
        }),
    })
    .prefault({})
    .meta({
      description: "Dumps of the database: before each migration, and with `runsheet:backups` on a schedule.",
      examples: [{ storage: "20Gi", proof: "restore" }],
    }),
};

/** The settings that all systems share. */
export interface CommonSettings
  extends z.infer<z.ZodObject<typeof commonSettings>>, Partial<z.infer<z.ZodObject<typeof schemaSettings>>> {
  readonly application: { readonly standIn: true } | Readonly<Record<string, string>>;
  readonly redis?: z.infer<typeof redis> | z.infer<ReturnType<typeof volatileRedis>>;
}

/** A system's keys and secrets, which its folder declares for stack/config.ts. */
export interface SystemConfiguration<Settings extends CommonSettings> {
  /** The keys that are not secret. */
  readonly settings: z.ZodType<Settings> & { readonly shape: z.ZodRawShape };
  /** The secret keys, each with its environment variable. */
  readonly secrets: SecretVariables;
  /** Directory of the Sqitch project: sqitch.plan, deploy/, verify/, revert/. Default: the system has no migrations. */
  readonly migrations?: string;
  /** Problems of keys with each other, each beginning with its key. Not called if `schema.target` is wrong. */
  readonly problems?: (settings: Settings) => readonly string[];
}

/** Environment variables by configuration key. */
export interface SecretVariables {
  readonly required: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}
