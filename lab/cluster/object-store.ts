/**
 * Object store of the lab: versitygw over a directory. Its only bucket and its accounts are written as files before it
 * starts.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bucket } from "./addresses";

/** Account for backups: may read and write. Only this machine and the lab's pods can reach the store. */
export const writer = { access: "runsheet-lab", secret: "runsheet-lab-secret" };
/** Account for retention: may also delete. */
export const remover = { access: "runsheet-lab-retention", secret: "runsheet-lab-retention-secret" };
/** Root account of the store, with all permissions. Nothing uses it. */
const owner = { access: "runsheet-lab-owner", secret: "runsheet-lab-owner-secret" };

const objects = (root: string) => join(root, "objects");
/** Directory of the objects' metadata. The default is extended attributes, which not every file system supports. */
const metadata = (root: string) => join(root, "metadata");
const accounts = (root: string) => join(root, "accounts");

/** Returns the directory that contains the bucket's objects as files. */
export const bucketDirectory = (root: string) => join(objects(root), bucket);

/** Returns the program's arguments. `address` is HOST:PORT. */
export const objectStoreArguments = (root: string, address: string) => [
  ...["--port", address, "--access", owner.access, "--secret", owner.secret, "--iam-dir", accounts(root)],
  ...["--health", "/health", "--quiet", "posix", "--sidecar", metadata(root), objects(root)],
];

/** Creates the program's directories, accounts and bucket policy in the directory `root`. Keeps existing objects. */
export function prepareObjectStore(root: string): void {
  const ofBucket = join(metadata(root), bucket, "meta");
  for (const directory of [bucketDirectory(root), ofBucket, accounts(root)])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  const users = [writer, remover].map((keys) => [keys.access, { ...keys, role: "user" }] as const);
  writeFileSync(join(accounts(root), "users.json"), JSON.stringify({ accessAccounts: Object.fromEntries(users) }));
  writeFileSync(join(ofBucket, "policy"), JSON.stringify(policy));
}

const everything = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
const allowed = (user: string, ...actions: string[]) => ({
  Effect: "Allow",
  Principal: { AWS: [user] },
  Action: actions.map((action) => `s3:${action}`),
  Resource: everything,
});

const reading = ["ListBucket", "GetObject", "ListBucketMultipartUploads", "ListMultipartUploadParts"];
const writing = [...reading, "PutObject", "AbortMultipartUpload"];
const policy = {
  Version: "2012-10-17",
  Statement: [allowed(writer.access, ...writing), allowed(remover.access, ...writing, "DeleteObject")],
};
