/**
 * S3 bucket for a stack's backups, by `pulumi up` in this directory. Its outputs are values for the stack's
 * configuration.
 */
import * as pulumi from "@pulumi/pulumi";
import { BackupBucket } from "../components/object-store/bucket";
import { readSettings } from "./settings";

const { name, ...settings } = readSettings(new pulumi.Config());
const { bucket, region, backup, retention } = new BackupBucket(name, settings);

export = {
  bucket,
  region,
  backupsAccessKeyId: backup.accessKeyId,
  backupsSecretAccessKey: pulumi.secret(backup.secretAccessKey),
  backupsRetentionAccessKeyId: retention.accessKeyId,
  backupsRetentionSecretAccessKey: pulumi.secret(retention.secretAccessKey),
};
