import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Keys, StoreKeys } from "./index";

export interface BackupBucketArgs {
  /** Lock of a written object, in days. It cannot be deleted for good during that time. */
  readonly lockDays: number;
  /** ARN of the AWS KMS key that encrypts the bucket. Default: S3's own keys. */
  readonly kmsKeyArn?: string;
  /** Folders that get keys of their own, such as `production/prism`. A `*` is any text. Default: none. */
  readonly folders?: readonly string[];
  /** Makes keys for the whole bucket. Default: true. */
  readonly bucketKeys?: boolean;
}

const longestEnd = "-retention";

/** Names of a folder's users begin with it. */
export const folderUser = (bucket: string, folder: string) =>
  `${bucket}-${folder.replaceAll("*", "").replaceAll("/", "-")}`;

/** True if AWS takes the names of a folder's users, which may have 64 characters. */
export const fitsUsers = (bucket: string, folder: string): boolean =>
  folderUser(bucket, folder).length + longestEnd.length <= 64;

/** Keys that the bucket's component makes. */
export type MadeKeys = Required<Omit<StoreKeys, "signing">>;

/**
 * Encrypted private S3 bucket for backups, with keys for backups and for their retention. Keys of a folder read and write
 * there and nowhere else; they list the names of the whole bucket, which Barman asks for.
 *
 * Its objects are locked. A deletion keeps the object's version, which is restored by removing the delete marker, until
 * a lifecycle rule deletes it after `lockDays`. Anybody who may change the bucket's policy can end that.
 *
 * The bucket is kept when its stack is destroyed. Lifecycle rules cannot delete backups that are due, for they see only
 * an object's age: not whether a later dump is verified, or where the WAL of a base backup begins. The stack's own
 * retention deletes them.
 */
export class BackupBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  /** Keys for the whole bucket. Those of the retention delete, but no locked version. Undefined if there are none. */
  readonly keys: MadeKeys | undefined;
  /** Keys for one folder each, by its name. */
  readonly keysOfFolders: Readonly<Record<string, MadeKeys>>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:BackupBucket", name, {}, opts);
    const { lockDays, kmsKeyArn, folders = [], bucketKeys = true } = args;
    const created = new s3.Bucket(
      name,
      { bucket: name, objectLockEnabled: true, forceDestroy: false },
      { parent: this, protect: true, retainOnDelete: true },
    );
    const bucket = (this.bucket = created.bucket);
    this.region = created.region;
    // What guards the bucket stays with it.
    const ofBucket = { parent: this, retainOnDelete: true };
    const versioning = new s3.BucketVersioning(
      name,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      ofBucket,
    );
    new s3.BucketObjectLockConfiguration(
      name,
      { bucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: lockDays } } },
      { ...ofBucket, dependsOn: versioning },
    );
    const encryption = kmsKeyArn ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn } : { sseAlgorithm: "AES256" };
    new s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: kmsKeyArn !== undefined }],
      },
      ofBucket,
    );
    const blocked = new s3.BucketPublicAccessBlock(
      name,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ofBucket,
    );
    new s3.BucketLifecycleConfiguration(
      name,
      {
        bucket,
        rules: [
          // Parts of interrupted uploads.
          {
            id: "unfinished",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
          {
            id: "deleted",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: lockDays },
            expiration: { expiredObjectDeleteMarker: true },
          },
        ],
      },
      { ...ofBucket, dependsOn: versioning },
    );
    new s3.BucketPolicy(name, { bucket, policy: created.arn.apply(denials) }, { ...ofBucket, dependsOn: blocked });
    const keys = (of: string, objects: string): MadeKeys => {
      const policy = (changes: readonly string[]) =>
        created.arn.apply((arn) => permissions(arn, objects, kmsKeyArn, changes));
      return {
        backup: this.user(`${of}-backup`, policy(["PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"])),
        retention: this.user(`${of}${longestEnd}`, policy(["DeleteObject"])),
      };
    };
    this.keys = bucketKeys ? keys(name, "*") : undefined;
    this.keysOfFolders = Object.fromEntries(
      folders.map((folder) => [folder, keys(folderUser(name, folder), `${folder}/*`)]),
    );
    this.registerOutputs({});
  }

  /** Creates a user with a policy for the bucket. */
  private user(name: string, policy: pulumi.Output<string>): Keys {
    const { name: user } = new iam.User(name, { name }, { parent: this });
    new iam.UserPolicy(name, { user, policy }, { parent: this });
    const { id, secret } = new iam.AccessKey(name, { user }, { parent: this });
    return { accessKeyId: id, secretAccessKey: secret };
  }
}

const document = (statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const ofS3 = (actions: readonly string[]) => actions.map((action) => `s3:${action}`);

/** Returns a policy that denies actions to everybody. To allow one, this policy has to be changed first. */
const denials = (arn: string): string =>
  document([
    {
      Sid: "NoVersionIsDeleted",
      Effect: "Deny",
      Principal: "*",
      Action: ofS3(["DeleteObjectVersion", "BypassGovernanceRetention", "DeleteBucket"]),
      Resource: [arn, `${arn}/*`],
    },
    {
      Sid: "EncryptedConnectionsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);

const permissions = (arn: string, objects: string, kmsKeyArn: string | undefined, changes: readonly string[]): string =>
  document([
    { Effect: "Allow", Action: ofS3(["ListBucket", "ListBucketMultipartUploads"]), Resource: arn },
    {
      Effect: "Allow",
      Action: ofS3(["GetObject", ...changes]),
      Resource: `${arn}/${objects}`,
    },
    ...(kmsKeyArn ? [{ Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: kmsKeyArn }] : []),
  ]);
