/**
 * Object store of the lab: versitygw over a directory. Its only bucket and its accounts are written as files before it
 * starts.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bucket } from "./addresses";

interface Account {
  readonly access: string;
  readonly secret: string;
}

/** Returns the accounts of a name: one for backups, which reads and writes, and one for retention, which reads and deletes. */
const pair = (name: string): { readonly writer: Account; readonly remover: Account } => ({
  writer: { access: name, secret: `${name}-secret` },
  remover: { access: `${name}-retention`, secret: `${name}-retention-secret` },
});

/** Accounts for the whole bucket. Only root on this machine and the lab's pods can reach the store. */
export const { writer, remover } = pair("runsheet-lab");

/** Accounts of a system, for its folders of any stack. */
export const accountsOf = (system: string) => pair(`runsheet-lab-${system}`);

/** Systems of the local stack. */
const systems = ["prism", "omniops", "mued", "pm", "ai-backend"];
/** Variables with the keys of the root account, which has all permissions. Nothing uses it: each start makes new ones. */
export const ownerVariables = ["ROOT_ACCESS_KEY_ID", "ROOT_SECRET_ACCESS_KEY"] as const;

const objects = (root: string) => join(root, "objects");
/** Directory of the objects' metadata. The default is extended attributes, which not every file system supports. */
const metadata = (root: string) => join(root, "metadata");
const accounts = (root: string) => join(root, "accounts");

/** Returns the directory that contains the bucket's objects as files. */
export const bucketDirectory = (root: string) => join(objects(root), bucket);

/** Returns the program's arguments. `address` is HOST:PORT. */
export const objectStoreArguments = (root: string, address: string) => [
  ...["--port", address, "--iam-dir", accounts(root)],
  ...["--health", "/health", "--quiet", "posix", "--sidecar", metadata(root), objects(root)],
];

/** Creates the program's directories, accounts and bucket policy in the directory `root`. Keeps existing objects. */
export function prepareObjectStore(root: string): void {
  const ofBucket = join(metadata(root), bucket, "meta");
  for (const directory of [bucketDirectory(root), ofBucket, accounts(root)])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  const users = pairs
    .flatMap(({ writer, remover }) => [writer, remover])
    .map((keys) => [keys.access, { ...keys, role: "user" }] as const);
  writeFileSync(join(accounts(root), "users.json"), JSON.stringify({ accessAccounts: Object.fromEntries(users) }));
  writeFileSync(join(ofBucket, "policy"), JSON.stringify(policy));
}

/** All accounts, with the names of the objects that they may reach. */
const pairs = [
  { writer, remover, objects: "*" },
  ...systems.map((system) => ({ ...accountsOf(system), objects: `*/${system}/*` })),
];

const allowed = (resource: string, users: readonly Account[], ...actions: string[]) => ({
  Effect: "Allow",
  Principal: { AWS: users.map(({ access }) => access) },
  Action: actions.map((action) => `s3:${action}`),
  Resource: [resource],
});

const writing = ["ListMultipartUploadParts", "PutObject", "AbortMultipartUpload"];
const policy = {
  Version: "2012-10-17",
  Statement: pairs.flatMap(({ writer, remover, objects }) => [
    allowed(`arn:aws:s3:::${bucket}`, [writer, remover], "ListBucket", "ListBucketMultipartUploads"),
    allowed(`arn:aws:s3:::${bucket}/${objects}`, [writer, remover], "GetObject"),
    allowed(`arn:aws:s3:::${bucket}/${objects}`, [writer], ...writing),
    allowed(`arn:aws:s3:::${bucket}/${objects}`, [remover], "DeleteObject"),
  ]),
};
