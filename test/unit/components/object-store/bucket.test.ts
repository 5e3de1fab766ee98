/** Bucket at AWS as the program registers it. The tests have no access to AWS. */
import { BackupBucket } from "../../../../components/object-store/bucket";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const arn = "arn:aws:s3:::backups";

async function registered(kmsKeyArn?: string): Promise<Registered[]> {
  const resources = collectResources();
  new BackupBucket("backups", { lockDays: 30, kmsKeyArn });
  await settled();
  return resources;
}

let resources: Registered[];
beforeAll(async () => (resources = await registered()));

const inputs = (type: string, name = "backups", of = resources) =>
  of.find((each) => each.type === `aws:${type}` && each.name === name)!.inputs;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}
const statements = (text: unknown) => (JSON.parse(text as string) as { Statement: Statement[] }).Statement;
/** Actions in the statements of a user's IAM policy. */
const actions = (user: string, of = resources) =>
  statements(inputs("iam/userPolicy:UserPolicy", user, of).policy).flatMap(({ Action }) => Action);

test("what lies in it is locked, and versions are kept as long", () => {
  expect(inputs("s3/bucket:Bucket")).toEqual({ bucket: "backups", objectLockEnabled: true, forceDestroy: false });
  expect(inputs("s3/bucketVersioning:BucketVersioning").versioningConfiguration).toEqual({ status: "Enabled" });
  expect(inputs("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").rule).toEqual({
    defaultRetention: { mode: "GOVERNANCE", days: 30 },
  });
});

test("lifecycle rules expire deleted objects and killed uploads, and nothing else", () =>
  expect(inputs("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules).toEqual([
    { id: "unfinished", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
    {
      id: "deleted",
      status: "Enabled",
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ]));

test("nobody may delete a version, or come over an open connection", () => {
  const denied = statements(inputs("s3/bucketPolicy:BucketPolicy").policy);
  expect(denied).toEqual([
    expect.objectContaining({
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:DeleteBucket"],
      Resource: [arn, `${arn}/*`],
    }),
    expect.objectContaining({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
  ]);
  expect(inputs("s3/bucketPublicAccessBlock:BucketPublicAccessBlock")).toEqual({
    bucket: "backups",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
});

test("one user writes, the other only deletes, and neither deletes a version", () => {
  const both = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetObject"];
  const writing = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
  expect(actions("backups-backup")).toEqual([...both, ...writing]);
  expect(actions("backups-retention")).toEqual([...both, "s3:DeleteObject"]);
});

describe("keys of folders", () => {
  let of: Registered[];
  beforeAll(async () => {
    of = collectResources();
    new BackupBucket("backups", { lockDays: 30, folders: ["production*/prism", "production/pm"], bucketKeys: false });
    await settled();
  });

  test("reach one folder, and list names", () => {
    const [list, objects] = statements(
      inputs("iam/userPolicy:UserPolicy", "backups-production-prism-backup", of).policy,
    );
    expect(list).toMatchObject({ Resource: arn, Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"] });
    expect(objects).toMatchObject({ Resource: `${arn}/production*/prism/*` });
    expect(actions("backups-production-pm-retention", of)).toContain("s3:DeleteObject");
    expect(actions("backups-production-pm-backup", of)).not.toContain("s3:DeleteObject");
  });

  test("are the only ones where the bucket has none", () =>
    expect(of.filter(({ type }) => type === "aws:iam/user:User").map(({ name }) => name)).toEqual([
      "backups-production-prism-backup",
      "backups-production-prism-retention",
      "backups-production-pm-backup",
      "backups-production-pm-retention",
    ]));
});

test("it is encrypted with S3's keys, or with one that is named and that both may use", async () => {
  const encryption = (of: Registered[]) =>
    inputs("s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "backups", of).rules;
  expect(encryption(resources)).toEqual([
    { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: false },
  ]);
  const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
  const named = await registered(key);
  expect(encryption(named)).toEqual([
    { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }, bucketKeyEnabled: true },
  ]);
  for (const user of ["backups-backup", "backups-retention"])
    expect(actions(user, named)).toEqual(expect.arrayContaining(["kms:GenerateDataKey", "kms:Decrypt"]));
});
