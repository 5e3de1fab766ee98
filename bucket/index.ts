/**
 * S3 bucket for a stack's backups, by `pulumi up` in this directory. Its outputs are values for the stack's
 * configuration.
 */
import * as pulumi from "@pulumi/pulumi";
import { BackupBucket, type MadeKeys } from "../components/object-store/bucket";
import { readSettings } from "./settings";

const { name, ...settings } = readSettings(new pulumi.Config());
const { bucket, region, keys, keysOfFolders } = new BackupBucket(name, settings);

const valuesOf = ({ backup, retention }: MadeKeys) => ({
  backupsAccessKeyId: backup.accessKeyId,
  backupsSecretAccessKey: pulumi.secret(backup.secretAccessKey),
  backupsRetentionAccessKeyId: retention.accessKeyId,
  backupsRetentionSecretAccessKey: pulumi.secret(retention.secretAccessKey),
});

export = {
  bucket,
  region,
  ...(keys && valuesOf(keys)),
  folders: Object.fromEntries(Object.entries(keysOfFolders).map(([folder, keys]) => [folder, valuesOf(keys)])),
};
