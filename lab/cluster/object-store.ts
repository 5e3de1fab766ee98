/** The lab's object store: versitygw over a directory. It is given its one bucket and its accounts as files, before it starts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bucket } from "./addresses";

/** Who may write and read: what backs up. Nobody reaches the store but this machine and the lab's pods. */
export const writer = { access: "runsheet-lab", secret: "runsheet-lab-secret" };
/** Who may delete as well: what keeps the retention. */
export const remover = { access: "runsheet-lab-retention", secret: "runsheet-lab-retention-secret" };
/** Nobody uses its own account, which may do everything. */
const owner = { access: "runsheet-lab-owner", secret: "runsheet-lab-owner-secret" };

const objects = (root: string) => join(root, "objects");
/** Otherwise what it knows of an object would be in extended attributes, which not every file system has. */
const metadata = (root: string) => join(root, "metadata");
const accounts = (root: string) => join(root, "accounts");

/** Where the bucket's objects lie as files. */
export const bucketDirectory = (root: string) => join(objects(root), bucket);

/** The program's arguments; `address` is HOST:PORT. */
export const objectStoreArguments = (root: string, address: string) => [
  ...["--port", address, "--access", owner.access, "--secret", owner.secret, "--iam-dir", accounts(root)],
  ...["--health", "/health", "--quiet", "posix", "--sidecar", metadata(root), objects(root)],
];

/** Makes in the directory `root` what the program needs. What the bucket has stays. */
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
