/** How the databases of a stack are backed up, and how its configuration says so. */
import { z } from "zod";
import type { KeepDays } from "../backups/dumps";
import { bucketName, encryptions, type ObjectStore } from "../object-store";
import { compressions, type WalArchiving } from "../postgres/archive";
import type { Secrets } from "./secrets";
import { cron } from "./settings";

/** How the databases of a stack are backed up, so that they can be brought back. */
export interface Backups {
  readonly store: ObjectStore;
  /** When base backups are taken of the databases that the stack makes, in cron's five fields and UTC. */
  readonly baseBackups: string;
  /** How long a base backup, and the log after it, is kept, in days. */
  readonly retentionDays: number;
  /** How the log is archived. */
  readonly wal: WalArchiving;
  /** When a dump is taken whatever else happens, in cron's five fields and UTC. */
  readonly dumps: string;
  readonly keepDays: KeepDays;
  /** When the newest backup is brought back to see whether it can be, in cron's five fields and UTC. */
  readonly restoreTest: string;
  /** The place that they have left, as the configuration names it. Default: they did not move. */
  readonly movedFrom?: string;
  /** The place to which they move with this `up`. Default: they stay. */
  readonly movesTo?: string;
}

/** Where a store's backups are: the endpoint, the bucket, and what all names begin with. */
export const locationOf = ({ endpoint, bucket, prefix }: ObjectStore) => `${endpoint}/${bucket}/${prefix}`;

/** For how many days something is kept. */
const days = z.int().min(1);

/** Where the databases are backed up, when, and how long that is kept. */
export const backupsSettings = z.strictObject({
  bucket: z.string().regex(bucketName, "must be the name of a bucket"),
  /** What the names of all that the stack keeps there begin with. Default: the stack's name. */
  prefix: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, "must be names with / between them")
    .optional(),
  /** The URL of what speaks S3. Default: AWS's own in the region. */
  endpoint: z
    .string()
    .regex(/^https?:\/\/[^/]+$/, "must be a URL such as https://s3.example.com")
    .optional(),
  region: z.string().min(1).default("us-east-1"),
  /** Where the backups were, when they are to go elsewhere: as the error that asks for it has it. */
  movedFrom: z.string().min(1).optional(),
  /** S3's server-side encryption. Default: as the bucket has it. */
  encryption: z.enum(encryptions, { error: `must be one of ${encryptions.join(", ")}` }).optional(),
  /** When base backups are taken, in UTC. */
  baseBackups: cron.default("0 */6 * * *"),
  /** How long a base backup, and the log after it, is kept. */
  retentionDays: days.default(30),
  wal: z
    .strictObject({
      /** What a segment of the log is compressed with, and a base backup. */
      compression: z.enum(compressions, { error: `must be one of ${compressions.join(", ")}` }).default("lz4"),
      /** How many segments are archived, or fetched, at the same time. */
      maxParallel: z.int().min(1).max(64).default(1),
    })
    .prefault({}),
  /** When the newest is brought back to see whether it can be, in UTC: MUED, "Backup verified and tested". */
  restoreTest: cron.default("0 4 * * 0"),
  dumps: z
    .strictObject({
      /** When one is taken whatever else happens, in UTC. */
      cron: cron.default("0 1 * * *"),
      /** OmniOps, "Backup Retention": before migrations for ever. The first of a month is the monthly one, of a week the weekly one. */
      keepDays: z
        .strictObject({
          daily: days.default(30),
          weekly: days.default(90),
          monthly: days.default(365),
          beforeMigration: days.nullable().default(null),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** The store's keys: those that write, and those that delete, by default the same. */
const writing = ["backupsAccessKeyId", "backupsSecretAccessKey"] as const;
const deleting = ["backupsRetentionAccessKeyId", "backupsRetentionSecretAccessKey"] as const;

/** The secret keys of the stack's configuration. */
export const backupsKeys: readonly string[] = [...writing, ...deleting];

/** What the stack lacks of them, with the way out. */
export function missingBackupsKeys(settings: object | undefined, secrets: Secrets): string[] {
  const required = [...(settings ? writing : []), ...(deleting.some((key) => secrets[key]) ? deleting : [])];
  return required
    .filter((key) => !secrets[key])
    .map((key) => `runsheet:${key} is missing; set it with: pulumi config set --secret runsheet:${key}`);
}

/** What the configuration says, where no key is missing. */
export function backupsOf(settings: z.infer<typeof backupsSettings>, secrets: Secrets, stack: string): Backups {
  const { bucket, region, prefix = stack, encryption, baseBackups, retentionDays, wal, restoreTest, dumps } = settings;
  const { movedFrom, endpoint = `https://s3.${region}.amazonaws.com` } = settings;
  const { beforeMigration, ...scheduled } = dumps.keepDays;
  const keys = ([id, secret]: readonly [string, string]) => ({
    accessKeyId: secrets[id]!,
    secretAccessKey: secrets[secret]!,
  });
  const retentionKeys = secrets[deleting[0]] && keys(deleting);
  return {
    store: { bucket, prefix, endpoint, region, encryption, keys: keys(writing), retentionKeys },
    baseBackups,
    retentionDays,
    wal,
    restoreTest,
    movedFrom,
    dumps: dumps.cron,
    keepDays: { ...scheduled, "before-migration": beforeMigration },
  };
}
