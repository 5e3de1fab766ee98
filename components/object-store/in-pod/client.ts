/** Client of an object store. It transfers files of any size in parts, and retries failed requests. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { S3mini, S3ServiceError, type AWSHeaders, type UploadPart } from "s3mini";

/** Object in the store. */
export interface StoredObject {
  /** Name, relative to the folder. */
  readonly name: string;
  readonly bytes: number;
  readonly modified: Date;
}

interface StoreSettings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Server-side encryption of S3. Default: the bucket's. */
  readonly encryption?: string;
}

/** Waits between tries, in seconds. After the last one the store is considered down. */
const waits = [1, 2, 4, 8];
/** Size of a part in bytes. S3 accepts parts from 5 MiB on, and at most 10 000 of them. */
const partBytes = 16 * 1024 ** 2;
const mostParts = 10_000;
/** Limit for a request, in seconds. At less than 140 kB/s a part does not arrive in time. */
const requestTimeoutSeconds = 120;

/**
 * Opens the store that `storeEnvironment` describes.
 * @throws Error if a variable is missing
 */
export function storeOf(environment: NodeJS.ProcessEnv): Store {
  const value = (name: string) => {
    const found = environment[`STORE_${name}`];
    if (!found) throw new Error(`the variable STORE_${name} is missing`);
    return found;
  };
  return new Store(`${value("ENDPOINT")}/${value("BUCKET")}`, value("FOLDER"), {
    accessKeyId: value("ACCESS_KEY_ID"),
    secretAccessKey: value("SECRET_ACCESS_KEY"),
    region: value("REGION"),
    encryption: environment.STORE_ENCRYPTION,
  });
}

/** Objects of a bucket under `folder`. Every method throws Error with the store's answer. */
export class Store {
  private readonly s3: S3mini;
  /** Headers of requests that write. */
  private readonly headers: Record<string, string>;

  /** Creates a client. `bucket` is the bucket's URL. */
  constructor(
    private readonly bucket: string,
    private readonly folder: string,
    { encryption, ...keys }: StoreSettings,
  ) {
    this.headers = encryption ? { "x-amz-server-side-encryption": encryption } : {};
    this.s3 = new S3mini({
      endpoint: bucket,
      ...keys,
      requestAbortTimeout: requestTimeoutSeconds * 1000,
      fetch: unredirected,
    });
  }

  /** System whose folder it is: PREFIX/SYSTEM/dumps. */
  get system(): string | undefined {
    return this.folder.split("/").at(-2);
  }

  /** Returns the URL of an object, for messages. */
  readonly url = (name: string) => `${this.bucket}/${this.key(name)}`;

  /** Lists the objects whose names begin with `prefix`. */
  async list(prefix: string): Promise<StoredObject[]> {
    const found = await this.tried(`listing ${this.url(prefix)}`, () => this.s3.listObjects("/", this.key(prefix)));
    return (found ?? []).map(({ Key, Size, LastModified }) => ({
      name: Key.slice(this.key("").length),
      bytes: Number(Size),
      modified: new Date(LastModified),
    }));
  }

  /** Reads a short object as text. Undefined if there is none. */
  async text(name: string): Promise<string | undefined> {
    return (await this.tried(`reading ${this.url(name)}`, () => this.s3.getObject(this.key(name)))) ?? undefined;
  }

  async putText(name: string, text: string): Promise<void> {
    await this.tried(`writing ${this.url(name)}`, () =>
      this.s3.putObject(this.key(name), text, "application/json", undefined, { ...this.headers, ...md5(text) }),
    );
  }

  /** Stores a file. A failed upload leaves no object. */
  async putFile(name: string, path: string): Promise<void> {
    const key = this.key(name);
    const what = `writing ${this.url(name)}`;
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const length = Math.max(partBytes, Math.ceil(size / mostParts));
      const upload = await this.tried(what, () =>
        this.s3.getMultipartUploadId(key, "application/octet-stream", undefined, this.headers),
      );
      try {
        const parts: UploadPart[] = [];
        for (let position = 0; position < size || parts.length === 0; position += length) {
          const buffer = Buffer.alloc(Math.min(length, size - position));
          await file.read(buffer, 0, buffer.length, position);
          const part = parts.length + 1;
          const send = () => this.s3.uploadPart(key, upload, buffer, part, {}, undefined, md5(buffer));
          parts.push(await this.tried(what, send));
        }
        await this.tried(what, () => this.s3.completeMultipartUpload(key, upload, parts));
      } catch (error) {
        await this.s3.abortMultipartUpload(key, upload).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** Reads an object of that many bytes, part by part. */
  async *read(name: string, bytes: number): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes; from += partBytes) {
      const to = Math.min(from + partBytes, bytes);
      yield await this.tried(`reading ${this.url(name)}`, async () => {
        const answer = await this.s3.getObjectRaw(this.key(name), false, from, to);
        return Buffer.from(await answer.arrayBuffer());
      });
    }
  }

  async remove(name: string): Promise<void> {
    await this.tried(`deleting ${this.url(name)}`, () => this.s3.deleteObject(this.key(name)));
  }

  private readonly key = (name: string) => `${this.folder}/${name}`;

  private async tried<T>(what: string, request: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await request();
      } catch (error) {
        const seconds = waits[tries];
        if (seconds === undefined || isFinal(error)) throw new Error(`${what}: ${reason(error)}`, { cause: error });
        console.error(`${what}: ${reason(error)}; trying again in ${seconds} s`);
        await sleep(seconds * 1000);
      }
    }
  }
}

/** Follows no redirect, with which a store, or who answers in its place, would send a dump to another host. */
const unredirected: typeof fetch = async (url, init) => {
  const answer = await fetch(url, { ...init, redirect: "manual" });
  if (answer.status < 300 || answer.status > 399 || answer.status === 304) return answer;
  await answer.body?.cancel();
  throw new Redirected(`the store answered ${answer.status}, which leads elsewhere. ${endpointRemedy}`);
};

class Redirected extends Error {}

const endpointRemedy = "What to do: set runsheet:backups.endpoint and region to where the bucket is";

/** Returns the checksum with which the store rejects a part that was damaged in transit. S3 Object Lock requires it. */
const md5 = (content: string | Uint8Array): AWSHeaders =>
  ({ "content-md5": createHash("md5").update(content).digest("base64") }) as AWSHeaders;

/** Tells whether a retry is useless. Status 507 means that the store is full. */
function isFinal(error: unknown): boolean {
  if (error instanceof Redirected) return true;
  if (!(error instanceof S3ServiceError) || error.status === 429 || error.serviceCode === "BadDigest") return false;
  return error.status < 500 || error.status === 507;
}

const untrusted = [
  ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ...["SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT"],
];

function reason(error: unknown): string {
  if (error instanceof S3ServiceError) {
    const answer = `the store answered ${error.status} (${error.serviceCode})`;
    return [401, 403].includes(error.status)
      ? `${answer}. What to do: check the keys of runsheet:backups and their permissions`
      : answer;
  }
  const { message, name, cause } = error as Error;
  if (name === "TimeoutError") return `the store did not answer within ${requestTimeoutSeconds} s`;
  if (!(cause instanceof Error)) return message;
  const remedy = ". What to do: set runsheet:backups.ca to the authority that signed the store's certificate";
  const { code } = cause as NodeJS.ErrnoException;
  return `${message}: ${cause.message}${untrusted.includes(code ?? "") ? remedy : ""}`;
}
