import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, SecretFile } from "../kubernetes/environment";

/** S3-compatible bucket for backups. It exists before the stack and is kept when the stack is destroyed. */
export interface ObjectStore {
  readonly bucket: string;
  /** Prefix of everything that the stack stores in it. */
  readonly prefix: string;
  /** URL of the S3-compatible server. */
  readonly endpoint: string;
  readonly region: string;
  /** Authority that signed the server's certificate, as PEM. Default: the publicly trusted ones. */
  readonly ca?: string;
  /** Server-side encryption. Default: the bucket's. */
  readonly encryption?: Encryption;
}

/** Keys of a system for its folder of the store. */
export interface StoreKeys {
  /** Keys for backups: they read and write. */
  readonly backup: Keys;
  /** Keys for the retention: they delete, too. Default: none, and nothing is deleted. */
  readonly retention?: Keys;
  /** Key with which manifests are signed. Default: they are not signed. */
  readonly signing?: pulumi.Input<string>;
}

/** Pattern of a valid bucket name. */
export const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Server-side encryption of S3: with the store's own keys, or with those of a key management service. */
export const encryptions = ["AES256", "aws:kms"] as const;
export type Encryption = (typeof encryptions)[number];

export interface Keys {
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: pulumi.Input<string>;
}

/** Access of a namespace's pods to their folder of the object store. */
export interface StoreAccess {
  readonly endpoint: string;
  readonly bucket: string;
  /** Prefix of everything that they store. */
  readonly folder: string;
  readonly encryption?: Encryption;
  /** Secret with the keys. It holds the region, too, for some programs read that only from a Secret. */
  readonly secret: pulumi.Output<string>;
  /** Secret with the key that signs manifests. Default: they are not signed. */
  readonly signature?: pulumi.Output<string>;
  /** True if the Secret has the authority that signed the server's certificate. Default: false. */
  readonly hasCa?: boolean;
}

/** Access for backups and for their retention. */
export interface BackupAccess {
  readonly backup: StoreAccess;
  /** Undefined if nothing is deleted. */
  readonly retention?: StoreAccess;
}

/** Keys of a StoreAccess' Secret. */
export const storeKeys = {
  ...{ accessKeyId: "accessKeyId", secretAccessKey: "secretAccessKey", region: "region" },
  /** Authority that signed the certificate, with `hasCa`. */
  ca: "ca.crt",
} as const;

/** Grants access to `folder`, under the store's prefix. The names of its Secrets begin with `name`. */
export function backupAccess(
  name: string,
  namespace: pulumi.Input<string>,
  { endpoint, bucket, prefix, region, encryption, ca }: ObjectStore,
  keys: StoreKeys,
  folder: string,
  opts: pulumi.CustomResourceOptions,
): BackupAccess {
  const access = (secretName: string, { accessKeyId, secretAccessKey }: Keys): StoreAccess => {
    const stringData = pulumi.secret({
      [storeKeys.accessKeyId]: accessKeyId,
      [storeKeys.secretAccessKey]: secretAccessKey,
      [storeKeys.region]: region,
      ...(ca && { [storeKeys.ca]: ca }),
    });
    const secret = new Secret(secretName, { metadata: { name: secretName, namespace }, stringData }, opts);
    const store = { endpoint, bucket, folder: `${prefix}/${folder}`, encryption, hasCa: ca !== undefined };
    return { ...store, secret: secret.metadata.name };
  };
  const signature = (key: pulumi.Input<string>) => {
    const metadata = { name: `${name}-signature`, namespace };
    return new Secret(metadata.name, { metadata, stringData: pulumi.secret({ signingKey: key }) }, opts).metadata.name;
  };
  return {
    backup: {
      ...access(name, keys.backup),
      signature: keys.signing === undefined ? undefined : signature(keys.signing),
    },
    retention: keys.retention && access(`${name}-retention`, keys.retention),
  };
}

/** Narrows an access to a folder in its own. */
export const within = (folder: string, access: StoreAccess): StoreAccess => ({
  ...access,
  folder: `${access.folder}/${folder}`,
});

/** Returns the same access, scoped to a subfolder. */
export const inside = (folder: string, { backup, retention }: BackupAccess): BackupAccess => ({
  backup: within(folder, backup),
  retention: retention && within(folder, retention),
});

/** Returns the variable that names the file of the store's authority. Empty without one. */
export function storeAuthority(variable: string, { secret, hasCa }: StoreAccess): Environment {
  const file: SecretFile = { secret, key: storeKeys.ca, asFile: true };
  return hasCa ? { [variable]: file } : {};
}

/** Returns the variables that `storeOf` (client.ts) reads in a pod, and with which Node.js verifies the server. */
export const storeEnvironment = (access: StoreAccess): Environment => ({
  ...ofStore(access),
  ...storeAuthority("NODE_EXTRA_CA_CERTS", access),
});

const ofStore = ({ endpoint, bucket, folder, encryption, secret, signature }: StoreAccess): Environment => ({
  STORE_ENDPOINT: endpoint,
  STORE_BUCKET: bucket,
  STORE_FOLDER: folder,
  ...(encryption && { STORE_ENCRYPTION: encryption }),
  STORE_ACCESS_KEY_ID: { secret, key: storeKeys.accessKeyId },
  STORE_SECRET_ACCESS_KEY: { secret, key: storeKeys.secretAccessKey },
  STORE_REGION: { secret, key: storeKeys.region },
  ...(signature && { STORE_SIGNING_KEY: { secret: signature, key: "signingKey" } }),
});
