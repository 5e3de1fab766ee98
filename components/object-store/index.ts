import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";

/** A bucket of S3, or of what speaks S3, for backups. It is there before the stack, and stays when the stack is destroyed. */
export interface ObjectStore {
  readonly bucket: string;
  /** What the names of everything that the stack keeps in it begin with. */
  readonly prefix: string;
  /** The URL of what speaks S3. */
  readonly endpoint: string;
  readonly region: string;
  /** How objects are encrypted where they lie. Default: as the bucket has it. */
  readonly encryption?: Encryption;
  /** Of whoever backs up: may read and write there. */
  readonly keys: Keys;
  /** Of whoever deletes what is due. Default: those that back up. */
  readonly retentionKeys?: Keys;
}

/** What a bucket may be called. */
export const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What S3 calls server-side encryption: with keys of the store's own, or of the key management service. */
export const encryptions = ["AES256", "aws:kms"] as const;
export type Encryption = (typeof encryptions)[number];

export interface Keys {
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: pulumi.Input<string>;
}

/** How the pods of a namespace come to the part of an object store that is theirs. */
export interface StoreAccess {
  readonly endpoint: string;
  readonly bucket: string;
  /** What the names of all that they keep there begin with. */
  readonly folder: string;
  readonly encryption?: Encryption;
  /** The Secret with the keys, and with the region, which some programs take from one only. */
  readonly secret: pulumi.Output<string>;
}

/** What backs up has other access than what deletes, where the store's keys are two. */
export interface BackupAccess {
  readonly backup: StoreAccess;
  readonly retention: StoreAccess;
}

/** The keys of a StoreAccess' Secret. */
export const storeKeys = { accessKeyId: "accessKeyId", secretAccessKey: "secretAccessKey", region: "region" } as const;

/** Access to `folder` of the store, behind its prefix, by Secrets whose names begin with `name`. */
export function backupAccess(
  name: string,
  namespace: pulumi.Input<string>,
  { endpoint, bucket, prefix, region, encryption, keys, retentionKeys }: ObjectStore,
  folder: string,
  opts: pulumi.CustomResourceOptions,
): BackupAccess {
  const access = (secretName: string, { accessKeyId, secretAccessKey }: Keys): StoreAccess => {
    const stringData = pulumi.secret({
      [storeKeys.accessKeyId]: accessKeyId,
      [storeKeys.secretAccessKey]: secretAccessKey,
      [storeKeys.region]: region,
    });
    const secret = new Secret(secretName, { metadata: { name: secretName, namespace }, stringData }, opts);
    return { endpoint, bucket, folder: `${prefix}/${folder}`, encryption, secret: secret.metadata.name };
  };
  const backup = access(name, keys);
  return { backup, retention: retentionKeys ? access(`${name}-retention`, retentionKeys) : backup };
}

/** The same access to a folder in the folder. */
export const inside = (folder: string, { backup, retention }: BackupAccess): BackupAccess => ({
  backup: { ...backup, folder: `${backup.folder}/${folder}` },
  retention: { ...retention, folder: `${retention.folder}/${folder}` },
});

/** The variables by which a program in a pod finds its part of the store: those that `storeOf` (client.ts) reads. */
export const storeEnvironment = ({ endpoint, bucket, folder, encryption, secret }: StoreAccess): Environment => ({
  STORE_ENDPOINT: endpoint,
  STORE_BUCKET: bucket,
  STORE_FOLDER: folder,
  ...(encryption && { STORE_ENCRYPTION: encryption }),
  STORE_ACCESS_KEY_ID: { secret, key: storeKeys.accessKeyId },
  STORE_SECRET_ACCESS_KEY: { secret, key: storeKeys.secretAccessKey },
  STORE_REGION: { secret, key: storeKeys.region },
});
