/** Stack of the bucket: its configuration and its outputs. */
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../bucket/settings";
import { collectResources, settled } from "../../support/mocks";

function configure(values: Readonly<Record<string, string>>): void {
  const named = Object.entries(values).map(([key, value]) => [`runsheet-bucket:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(named) as Record<string, string>);
}

function read(values: Readonly<Record<string, string>>) {
  configure(values);
  return readSettings(new pulumi.Config("runsheet-bucket"));
}

test("it says what the stack is configured with, and no secret in the open", async () => {
  const resources = collectResources("runsheet-bucket");
  configure({ name: "backups", lockDays: "90" });
  const outputs = (await import("../../../bucket")).default as unknown as Record<string, pulumi.Output<string>>;
  await settled();
  expect(Object.keys(outputs)).toEqual([
    "bucket",
    "region",
    "backupsAccessKeyId",
    "backupsSecretAccessKey",
    "backupsRetentionAccessKeyId",
    "backupsRetentionSecretAccessKey",
    "folders",
  ]);
  const secret = (name: string) => pulumi.isSecret(outputs[name]!);
  expect(await secret("backupsSecretAccessKey")).toBe(true);
  expect(await secret("backupsRetentionSecretAccessKey")).toBe(true);
  const lock = resources.find(({ type }) => type.endsWith(":BucketObjectLockConfiguration"))!;
  expect(lock.inputs.rule).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 90 } });
});

test("a name is enough", () =>
  expect(read({ name: "backups" })).toEqual({ name: "backups", lockDays: 30, folders: [], bucketKeys: true }));

test("a secret in a key that is none is refused, and not shown", () => {
  pulumi.runtime.setAllConfig({ "runsheet-bucket:name": "S3cret" }, ["runsheet-bucket:name"]);
  expect(() => readSettings(new pulumi.Config("runsheet-bucket"))).toThrow(
    `the configuration is wrong; nothing was changed:
  - runsheet-bucket:name is set as a secret, and is no secret key: Runsheet shows it in previews, and keeps it in plain text in the state; set it without --secret, or, if it must not be read there, remove it: pulumi config rm runsheet-bucket:name`,
  );
});

test("everything that is wrong is said at once", () =>
  expect(() =>
    read({ name: "Backups", lockDays: "soon", kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:alias/x" }),
  ).toThrow(
    `the configuration is wrong; nothing was changed:
  - runsheet-bucket:name is "Backups"; it must be the name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'
  - runsheet-bucket:lockDays is "soon"; it must be a whole number
  - runsheet-bucket:kmsKeyArn is "arn:aws:kms:eu-west-1:123456789012:alias/x"; it must be the ARN of a key, and not of an alias, which grants nothing`,
  ));

test("a folder is a stack's and a system's, and its users have names that AWS takes", () => {
  expect(() => read({ name: "backups", folders: '["prism"]' })).toThrow(
    'folders[0] is "prism"; it must be PREFIX/SYSTEM, such as production/prism',
  );
  const long = `${"p".repeat(41)}/prism`;
  expect(() => read({ name: "backups", folders: JSON.stringify(["production*/prism", long]) })).toThrow(
    `runsheet-bucket:folders: the names of the users of ${long} would have more than 64 characters`,
  );
});

test("folders whose users would have the same name are refused", () =>
  expect(() =>
    read({ name: "backups", folders: '["production/prism", "production*/prism", "production/pm"]' }),
  ).toThrow(
    "the configuration is wrong; nothing was changed:\n" +
      "  - runsheet-bucket:folders: production/prism and production*/prism would have the same user, " +
      "backups-production-prism: remove one of them",
  ));

test("a name too long for its users' names is refused before the bucket is made", () =>
  expect(() => read({ name: "b".repeat(55) })).toThrow(
    `name is "${"b".repeat(55)}"; it must not have more than 54 characters`,
  ));

test("without a name there is nothing to make", () =>
  expect(() => read({})).toThrow(
    "  - runsheet-bucket:name is missing; set it with: pulumi config set runsheet-bucket:name",
  ));
