import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Keys } from "./index";

export interface BackupBucketArgs {
  /** For how many days what was written cannot be deleted for good. */
  readonly lockDays: number;
  /** The key of AWS' key management service that encrypts it. Default: S3's own keys. */
  readonly kmsKeyArn?: string;
}

/**
 * A bucket of S3 for backups, encrypted and private, and the keys for both who use it. What lies in it is locked: a deletion
 * leaves a version that comes back when the deletion is deleted, until a lifecycle rule takes it after `lockDays`. Whoever may
 * change the bucket's policy can end that.
 *
 * The bucket stays when its stack is destroyed. Which backups are due is not for lifecycle rules, which see an age and neither
 * whether a later one counts nor what a log begins with: the stack's own retention deletes them.
 */
export class BackupBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  /** Of what backs up: reads and writes, and deletes nothing. */
  readonly backup: Keys;
  /** Of what keeps the retention: deletes as well, but no version that is locked. */
  readonly retention: Keys;

  constructor(name: string, { lockDays, kmsKeyArn }: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:BackupBucket", name, {}, opts);
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
          // What a killed upload has left.
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
    this.backup = this.user(`${name}-backup`, created.arn, kmsKeyArn, []);
    this.retention = this.user(`${name}-retention`, created.arn, kmsKeyArn, ["DeleteObject"]);
    this.registerOutputs({});
  }

  /** Somebody who may read and write there, and what else is said. */
  private user(name: string, arn: pulumi.Output<string>, kmsKeyArn: string | undefined, more: readonly string[]): Keys {
    const { name: user } = new iam.User(name, { name }, { parent: this });
    const policy = arn.apply((arn) => permissions(arn, kmsKeyArn, more));
    new iam.UserPolicy(name, { user, policy }, { parent: this });
    const { id, secret } = new iam.AccessKey(name, { user }, { parent: this });
    return { accessKeyId: id, secretAccessKey: secret };
  }
}

const document = (statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const ofS3 = (actions: readonly string[]) => actions.map((action) => `s3:${action}`);

/** What nobody may, whatever else they may: whoever has to, changes this policy first. */
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

const permissions = (arn: string, kmsKeyArn: string | undefined, more: readonly string[]): string =>
  document([
    { Effect: "Allow", Action: ofS3(["ListBucket", "ListBucketMultipartUploads"]), Resource: arn },
    {
      Effect: "Allow",
      Action: ofS3(["GetObject", "PutObject", "AbortMultipartUpload", "ListMultipartUploadParts", ...more]),
      Resource: `${arn}/*`,
    },
    ...(kmsKeyArn ? [{ Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: kmsKeyArn }] : []),
  ]);
