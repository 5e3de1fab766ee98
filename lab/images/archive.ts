/** Writes and reads image archives: one file that `ctr image import` takes, in the OCI image layout. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { installed } from "../packages";

/** Settings of a container that starts from an image. All are optional, as in the OCI image specification. */
export interface ImageConfig {
  User?: string;
  Env?: readonly string[];
  Entrypoint?: readonly string[];
  WorkingDir?: string;
}

/** An image of one layer, before it is written. */
export interface Image {
  /** The names that the image gets, for example `runsheet.lab/pause:1`. All of them have the same files. */
  references: readonly string[];
  /** The layer: an uncompressed tar file. It is used up. */
  layer: string;
  config: ImageConfig;
  /** Entrypoints by name, for names that start another program than `config` says. Default: none. */
  entrypoints?: Readonly<Record<string, readonly string[]>>;
}

/** An image in the cache, ready to be imported. */
export interface ImageArchive {
  /** The archive's path. */
  file: string;
  /** Each of the image's names with the digest that containerd shows for it once it has been imported. */
  digests: Readonly<Record<string, string>>;
}

/**
 * The name of this machine's architecture in Go and in images.
 * @throws Error if the lab was never tried on it
 */
export function architecture(): string {
  if (process.arch === "x64") return "amd64";
  throw new Error(`The lab's images can be built on x64 machines only; this one is ${process.arch}.`);
}

/**
 * Writes `image` to `file`; `directory` is scratch space on the same file system. The layer is compressed with zstd:
 * containerd takes 7 s of computing time to import the largest one, 10 s as gzip, and 10 s uncompressed.
 */
export async function writeArchive(image: Image, directory: string, file: string): Promise<void> {
  const blobs = join(directory, "blobs", "sha256");
  const addBlob = async (content: string, mediaType: string) => {
    const descriptor = { mediaType, digest: await digestOf(content), size: (await stat(content)).size };
    await rename(content, join(blobs, descriptor.digest.replace("sha256:", "")));
    return descriptor;
  };
  const addDocument = async (content: unknown, mediaType: string) => {
    const unnamed = join(directory, "document.json");
    await writeFile(unnamed, JSON.stringify(content));
    return addBlob(unnamed, mediaType);
  };

  await mkdir(blobs, { recursive: true });
  const uncompressed = await digestOf(image.layer);
  await installed(["zstd"]);
  await run("zstd", ["--rm", "--quiet", "--threads=0", image.layer]);
  const layer = await addBlob(`${image.layer}.zst`, "application/vnd.oci.image.layer.v1.tar+zstd");
  const rootfs = { type: "layers", diff_ids: [uncompressed] };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const addManifest = async (settings: ImageConfig) => {
    const content = { os: "linux", architecture: architecture(), config: settings, rootfs };
    const config = await addDocument(content, "application/vnd.oci.image.config.v1+json");
    return addDocument({ schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType);
  };

  const manifests: Index["manifests"] = [];
  for (const reference of image.references) {
    const Entrypoint = image.entrypoints?.[reference] ?? image.config.Entrypoint;
    const manifest = await addManifest({ ...image.config, ...(Entrypoint && { Entrypoint }) });
    manifests.push({ ...manifest, annotations: { "io.containerd.image.name": reference } });
  }
  await writeFile(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await run("tar", ["--create", "--file", file, "--directory", directory, "oci-layout", "index.json", "blobs"]);
}

interface Index {
  manifests: { digest: string; annotations: { "io.containerd.image.name": string } }[];
}

/** Reads the names and digests in an archive. Its index comes first, so that this takes no time. */
export async function readArchive(file: string): Promise<ImageArchive> {
  const index = await run("tar", ["--extract", "--to-stdout", "--occurrence=1", "--file", file, "index.json"]);
  const { manifests } = JSON.parse(index) as Index;
  const named = manifests.map(({ digest, annotations }) => [annotations["io.containerd.image.name"], digest] as const);
  return { file, digests: Object.fromEntries(named) };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}
