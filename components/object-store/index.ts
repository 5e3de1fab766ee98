import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../environment";

/** A bucket of S3, or of what speaks S3, for backups. It is there before the stack, and stays when the stack is destroyed. */
export interface ObjectStore {
  readonly bucket: string;
  /** What the names of everything that the stack keeps in it begin with. */
  readonly prefix: string;
  /** The URL of what speaks S3. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: pulumi.Input<string>;
}

/** How the pods of a namespace come to the part of an object store that is theirs. */
export interface StoreAccess {
  readonly endpoint: string;
  readonly bucket: string;
  /** What the names of all that they keep there begin with. */
  readonly folder: string;
  /** The Secret with the keys, and with the region, which some programs take from one only. */
  readonly secret: pulumi.Output<string>;
}

/** The keys of a StoreAccess' Secret. */
export const storeKeys = { accessKeyId: "accessKeyId", secretAccessKey: "secretAccessKey", region: "region" } as const;

/** Access to `folder` of the store, behind its prefix, by a Secret that is called `name`. */
export function storeAccess(
  name: string,
  namespace: pulumi.Input<string>,
  store: ObjectStore,
  folder: string,
  opts: pulumi.CustomResourceOptions,
): StoreAccess {
  const { endpoint, bucket, prefix, accessKeyId, secretAccessKey, region } = store;
  const stringData = pulumi.secret({
    [storeKeys.accessKeyId]: accessKeyId,
    [storeKeys.secretAccessKey]: secretAccessKey,
    [storeKeys.region]: region,
  });
  const secret = new Secret(name, { metadata: { name, namespace }, stringData }, opts);
  return { endpoint, bucket, folder: `${prefix}/${folder}`, secret: secret.metadata.name };
}

/** The variables by which a program in a pod finds its part of the store: those that `storeOf` (client.ts) reads. */
export const storeEnvironment = ({ endpoint, bucket, folder, secret }: StoreAccess): Environment => ({
  STORE_ENDPOINT: endpoint,
  STORE_BUCKET: bucket,
  STORE_FOLDER: folder,
  STORE_ACCESS_KEY_ID: { secret, key: storeKeys.accessKeyId },
  STORE_SECRET_ACCESS_KEY: { secret, key: storeKeys.secretAccessKey },
  STORE_REGION: { secret, key: storeKeys.region },
});
