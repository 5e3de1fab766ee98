/** Backups of a stack's databases, and their configuration. */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { KeepDays } from "../backups/dumps";
import { bucketName, encryptions, type ObjectStore, type StoreKeys } from "../object-store";
import { compressions, type WalArchiving } from "../postgres/archive";
import type { Secrets } from "./secrets";
import { certificateAuthority, cron } from "./setting-values";

/** Backups of a stack's databases. */
export interface Backups {
  readonly store: ObjectStore;
  /** The stack's access keys, for the systems that have none of their own. */
  readonly keys: Secrets;
  /** Schedule of base backups of the databases that the stack creates, in cron's five fields and UTC. */
  readonly baseBackups: string;
  /** Number of days for which a base backup, and the log after it, is kept. */
  readonly retentionDays: number;
  /** Archiving of the write-ahead log. */
  readonly wal: WalArchiving;
  /** Schedule of the regular dump, in cron's five fields and UTC. */
  readonly dumps: string;
  readonly keepDays: KeepDays;
  /** Schedule of the restore test, in cron's five fields and UTC. */
  readonly restoreTest: string;
  /** Location that the backups left, as the configuration names it. Default: they did not move. */
  readonly movedFrom?: string;
  /** Location to which the backups move with this `up`. Default: they stay. */
  readonly movesTo?: string;
}

/** Location of a store's backups: endpoint, bucket, and the prefix of all names. */
export const locationOf = ({ endpoint, bucket, prefix }: Pick<ObjectStore, "endpoint" | "bucket" | "prefix">) =>
  `${endpoint}/${bucket}/${prefix}`;

/** A number of days for which something is kept. */
const days = z.int().min(1);

/** The settings of the backups: where, when, and for how long they are kept. */
export const backupsSettings = z.strictObject({
  bucket: z
    .string()
    .regex(bucketName, "must be the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'")
    .meta({
      description: "Name of the bucket. It must exist: no stack creates or deletes it.",
      examples: ["example-backups"],
    }),
  prefix: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, "must be names with / between them")
    .optional()
    .meta({
      description: "Prefix of the names of all objects that the stack writes. Default: the stack's name.",
      examples: ["clusters/eu"],
    }),
  endpoint: z
    .string()
    .regex(/^https?:\/\/[^/]+$/, "must be a URL such as https://s3.example.com")
    .optional()
    .meta({
      description: "URL of the S3 API. Default: AWS's endpoint in the region.",
      examples: ["https://s3.example.com"],
    }),
  ca: certificateAuthority.meta({
    description:
      "Certificate authority that signed the certificate of `endpoint`, as PEM. It is no secret. Default: the publicly " +
      "trusted authorities.",
    examples: ["-----BEGIN CERTIFICATE----- ..."],
  }),
  region: z.string().min(1).default("us-east-1").describe("Region of the bucket."),
  movedFrom: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Location that the backups leave, if endpoint, bucket or prefix change. The error that asks for it shows " +
        "the value. Default: the backups do not move.",
      examples: ["https://s3.us-east-1.amazonaws.com/example-backups/prod"],
    }),
  encryption: z
    .enum(encryptions, { error: `must be one of ${encryptions.join(", ")}` })
    .optional()
    .describe("S3 server-side encryption, requested with every write. Default: the bucket's own."),
  baseBackups: cron
    .default("0 */6 * * *")
    .describe("Schedule of base backups, in UTC. A new database gets its first one at once."),
  retentionDays: days
    .default(30)
    .describe(
      "Number of days for which a database can be restored to any moment. Older base backups and log are deleted " +
        "at 00:45 UTC.",
    ),
  wal: z
    .strictObject({
      compression: z
        .enum(compressions, { error: `must be one of ${compressions.join(", ")}` })
        .default("lz4")
        .describe("Compression of archived WAL segments and of base backups."),
      maxParallel: z
        .int()
        .min(1)
        .max(64)
        .default(1)
        .describe(
          "Number of WAL segments of 16 MiB that are archived or fetched at the same time. Raise it if the " +
            "database writes faster than one at a time is archived. Each runs a program of its own, and a replica " +
            "waits for them when it takes over.",
        ),
    })
    .prefault({})
    .describe("Archiving of the write-ahead log."),
  restoreTest: cron
    .default("0 4 * * *")
    .describe(
      "Schedule of the restore test, in UTC: the newest backup is restored beside the database, verified and " +
        'deleted. MUED, "Backup verified and tested".',
    ),
  dumps: z
    .strictObject({
      cron: cron.default("0 1 * * *").describe("Schedule of the regular dump, in UTC."),
      keepDays: z
        .strictObject({
          daily: days.default(30).describe("Number of days for which a daily dump is kept."),
          weekly: days
            .default(90)
            .describe("Number of days for which the first dump of a week, from Monday on, is kept."),
          monthly: days.default(365).describe("Number of days for which the first dump of a month is kept."),
          beforeMigration: days
            .nullable()
            .default(null)
            .describe("Number of days for which a dump before a migration is kept; `null` keeps it forever."),
        })
        .prefault({})
        .describe('Retention of dumps. OmniOps, "Backup Retention".'),
    })
    .prefault({})
    .describe("Dumps in the bucket."),
});

/** Access keys of the store: those that write, and those that delete. */
const writing = ["backupsAccessKeyId", "backupsSecretAccessKey"] as const;
const deleting = ["backupsRetentionAccessKeyId", "backupsRetentionSecretAccessKey"] as const;
type BackupsKey = (typeof writing | typeof deleting)[number];

const signing = "backupsSigningKey";

/** The secret keys of the stack's configuration, for the systems that have none of their own, with their descriptions. */
export const backupsKeys: Readonly<Record<BackupsKey | typeof signing, string>> = {
  backupsAccessKeyId:
    "Access key ID for the bucket. Its rights: `s3:ListBucket`, `s3:GetObject`, `s3:PutObject`, " +
    "`s3:AbortMultipartUpload`. Required with `runsheet:backups`, unless each system has keys of its own.",
  backupsSecretAccessKey: "Secret access key of `backupsAccessKeyId`, and required with it.",
  backupsRetentionAccessKeyId:
    "Access key ID for the two schedules that delete. Its rights: `s3:ListBucket`, `s3:GetObject`, `s3:DeleteObject`. " +
    "Default: nothing is deleted.",
  backupsRetentionSecretAccessKey:
    "Secret access key of `backupsRetentionAccessKeyId`, and required with it. Default: nothing is deleted.",
  [signing]:
    "Key with which each dump is signed, such as of `openssl rand -hex 32`. A dump that is not signed with it is not " +
    "restored. Keep it with the passphrase: a restore elsewhere needs it. Default: dumps are not signed.",
};

/** The secret keys of a system's configuration, with their descriptions. */
export const systemBackupsKeys: Readonly<Record<BackupsKey, string>> = {
  backupsAccessKeyId:
    "Access key ID for the system's folder of the bucket, `PREFIX/SYSTEM`, with the rights of " +
    "`runsheet:backupsAccessKeyId` there and nowhere else. Default: the stack's.",
  backupsSecretAccessKey: "Secret access key of `backupsAccessKeyId`, and required with it.",
  backupsRetentionAccessKeyId:
    "Access key ID for the two schedules that delete, which may delete in the system's folder. Default: nothing is " +
    "deleted, if the system has keys of its own.",
  backupsRetentionSecretAccessKey: "Secret access key of `backupsRetentionAccessKeyId`, and required with it.",
};

/** Lists the keys that are missing beside those that are set. With `required` those that write have to be there. */
export function missingBackupsKeys(required: boolean, secrets: Secrets): BackupsKey[] {
  const deletes = deleting.some((key) => secrets[key]);
  const writes = required || deletes || writing.some((key) => secrets[key]);
  return [...(writes ? writing : []), ...(deletes ? deleting : [])].filter((key) => !secrets[key]);
}

/** True if a system has keys of its own. */
export const hasBackupsKeys = (secrets: Secrets): boolean => writing.every((key) => secrets[key]);

/** The keys of a system: its own, or else the stack's. Each system signs with a key of its own, made of the stack's. */
export function storeKeysOf(system: string, own: Secrets, ofStack: Secrets): StoreKeys {
  const secrets = hasBackupsKeys(own) ? own : ofStack;
  const keys = ([id, secret]: readonly [string, string]) => ({
    accessKeyId: secrets[id]!,
    secretAccessKey: secrets[secret]!,
  });
  return {
    backup: keys(writing),
    ...(secrets[deleting[0]] && { retention: keys(deleting) }),
    signing: ofStack[signing]?.apply((key) => createHmac("sha256", key).update(system).digest("hex")),
  };
}

/** Problems of the settings, each beginning with its key. */
export const backupsProblems = ({ ca, endpoint }: z.infer<typeof backupsSettings>): string[] =>
  ca !== undefined && endpoint?.startsWith("http:")
    ? [
        `backups.ca is set and backups.endpoint is ${endpoint}, without TLS; begin it with https://, or remove backups.ca`,
      ]
    : [];

/** The backups of a configuration in which no key is missing. */
export function backupsOf(settings: z.infer<typeof backupsSettings>, keys: Secrets, stack: string): Backups {
  const { bucket, region, prefix = stack, encryption, baseBackups, retentionDays, wal, restoreTest, dumps } = settings;
  const { movedFrom, ca, endpoint = `https://s3.${region}.amazonaws.com` } = settings;
  const { beforeMigration, ...scheduled } = dumps.keepDays;
  return {
    store: { bucket, prefix, endpoint, region, encryption, ca },
    keys,
    baseBackups,
    retentionDays,
    wal,
    restoreTest,
    movedFrom,
    dumps: dumps.cron,
    keepDays: { ...scheduled, "before-migration": beforeMigration },
  };
}
