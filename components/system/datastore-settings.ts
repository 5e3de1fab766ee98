/** Settings of a system's PostgreSQL and Redis. */
import { z } from "zod";
import { authentications, sslModes } from "../postgres/database";
import { certificateAuthority, quantity, postgresqlImage, cpus, kubernetesName, storageClass } from "./setting-values";

const image = postgresqlImage
  .optional()
  .describe(
    "Image of this system's PostgreSQL servers, and of the programs that dump and restore it. Its tag begins with " +
      "the version; another major version needs a restored dump. Default: `runsheet:images.postgresql`.",
  );

const instances = z.int().min(1).max(9);

/** A parameter of PostgreSQL, which CloudNativePG takes as text: `pulumi config set --path` makes a number of 300. */
const parameter = z
  .union([z.string(), z.number(), z.boolean()], { error: "must be text, a number, true or false" })
  .meta({ title: "text, number or boolean" })
  .transform(String);

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

const inheritsRoles = z
  .boolean()
  .default(false)
  .describe(
    "Whether the applications of PRISM and OmniOps have the rights of `service_role`, whom row security does not bind, " +
      "without setting that role. Without it they set their role in each transaction, as with Supabase.",
  );

const databaseAuthority =
  "Certificate authority that signed the server's certificate, as PEM. It is no secret. The application finds it in the " +
  "file that `PGSSLROOTCERT` and, for Node.js, `NODE_EXTRA_CA_CERTS` name. Default: the publicly trusted authorities, " +
  "which need clients of PostgreSQL 16 or later.";

/** A database that exists, with everything in it. */
const existing = z.strictObject({
  engine: z
    .literal("existing")
    .describe(
      "The database exists, and nothing is created in it. Its URLs are the secrets `databaseUrl` and " +
        "`databaseDirectUrl`.",
    ),
  image: postgresqlImage
    .optional()
    .describe(
      "Image of psql, pg_dump and pg_restore. Its tag begins with the version, which must not be older than the " +
        "server's. Default: `runsheet:images.postgresql`.",
    ),
  schemas: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({
      description:
        "Schemas that dumps save and restores replace. The owner of the migrations must be allowed to create in " +
        "them. The tables of Sqitch, Supabase and Drizzle with their histories are always saved; name the schema of " +
        "Flyway's or Prisma's, too. Default: all but those of the platform.",
      examples: [["public"]],
    }),
  ca: certificateAuthority.meta({
    description: databaseAuthority,
    examples: ["-----BEGIN CERTIFICATE----- ..."],
  }),
  connections: z
    .int()
    .min(1)
    .default(10)
    .describe(
      "Largest number of connections of each of the application's pods, which is the size of its pool. Twice the " +
        "pods, as in a rollout, must find these connections free on the server, unless `databaseUrl` leads through " +
        "a pooler in transaction mode. The AI Backend has `databaseMaxConnections` instead.",
    ),
});

export const postgres = z
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
      inheritsRoles,
      podMonitor: z
        .boolean()
        .default(false)
        .describe(
          "Whether to create a PodMonitor, through which the cluster's Prometheus operator collects the servers' " +
            "metrics.",
        ),
      parameters: z
        .record(z.string(), parameter)
        .prefault({})
        .meta({
          description:
            "PostgreSQL parameters. Unless set here, `shared_buffers` is a quarter of " +
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
        .enum(sslModes)
        .default("verify-full")
        .describe(
          "TLS of every connection. `verify-full` verifies that the server has a certificate of `host`. `require` " +
            "encrypts, and believes any server; with `ca` it verifies the authority and not the name.",
        ),
      ca: certificateAuthority.meta({
        description: databaseAuthority,
        examples: ["-----BEGIN CERTIFICATE----- ..."],
      }),
      requireAuth: z
        .enum(Object.keys(authentications) as [keyof typeof authentications])
        .default("scram-sha-256")
        .describe(
          "Way in which the server has to ask psql, pg_dump, pg_restore and Sqitch for the password. `md5` is for a " +
            "server that keeps passwords so; SCRAM is then accepted, too.",
        ),
      inheritsRoles,
      readsAllStats: z
        .boolean()
        .default(false)
        .describe(
          "Whether the applications of PM Intelligence and the AI Backend, which say how busy the database is, are " +
            "members of `pg_read_all_stats`. They then see the statistics and the queries of everybody on the server. " +
            "Without it they see their own.",
        ),
    }),
    existing,
  ])
  .meta({
    description: "The PostgreSQL database of the system.",
    examples: [
      { engine: "cloudnativepg", instances: 3, storage: "100Gi", resources: { cpu: "500m", memory: "2Gi" } },
      { engine: "external", host: "db.example.com" },
      { engine: "existing" },
    ],
  });

/** Most that a Redis holds. `beyond` is what Redis does then. */
export const maxMemory = (held: string, beyond: string) =>
  z
    .string()
    .regex(/^[1-9]\d*(mb|gb)$/, "must be a size as Redis writes it, such as 512mb")
    .default(held)
    .meta({
      description: `Most memory for data: \`maxmemory\` of Redis. Beyond it Redis ${beyond}`,
      examples: ["2gb"],
    });

/** Memory that the node must have for a Redis. */
const memory = (needed: string) => quantity.default(needed).describe("Memory request of the Redis pod.");

const externalRedis = z.strictObject({
  engine: z.literal("external").describe("A Redis that exists. Its address is the secret `redisUrl`."),
  ca: certificateAuthority.meta({
    description:
      "Certificate authority that signed the server's certificate, as PEM, for a `redisUrl` with `rediss://`. It is no " +
      "secret. The application finds it in the file that `REDIS_CA_FILE` and, for Node.js, `NODE_EXTRA_CA_CERTS` " +
      "name. Default: the publicly trusted authorities.",
    examples: ["-----BEGIN CERTIFICATE----- ..."],
  }),
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
      maxMemory: maxMemory(
        "512mb",
        "refuses to write, and the pod may take twice as much, for its copy while it writes to its volume.",
      ),
    }),
    externalRedis,
  ])
  .meta({
    description: "The Redis of the system.",
    examples: [{ engine: "kubernetes", storage: "2Gi" }, { engine: "external" }],
  });

/** A Redis without a volume: its data is lost with its pod. `more` are further keys of it. */
export const volatileRedis = <More extends z.ZodRawShape>(needed: string, more: More) =>
  z
    .discriminatedUnion("engine", [
      z.strictObject({ engine: inCluster, memory: memory(needed), ...more }),
      externalRedis,
    ])
    .meta({
      description: "The Redis of the system. It has no volume: its data is lost with its pod.",
      examples: [{ engine: "kubernetes", memory: needed }, { engine: "external" }],
    });
