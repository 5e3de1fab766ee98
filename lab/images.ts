/** The lab's container images: built once into the cache, imported into the lab's containerd when it lacks them. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readArchive, writeArchive, type Image, type ImageArchive } from "./images/archive";
import { sidecarImage, sidecarParts } from "./images/barman-sidecar";
import { binaryImage, binaryImages, binaryParts } from "./images/binaries";
import { debianImage, debianParts, nextMajorImage, nextMajorParts } from "./images/debian";
import { monitoringImage, monitoringParts } from "./images/monitoring";
import { cache } from "./paths";
import { step } from "./progress";

/** The archives of all of the lab's images. Those that the cache does not have yet are built. */
export async function images(): Promise<ImageArchive[]> {
  const archives = [
    await archived("debian", await debianParts(), debianImage),
    await archived("barman-sidecar", await sidecarParts(), sidecarImage),
    await archived("monitoring", monitoringParts(), monitoringImage),
  ];
  for (const image of binaryImages)
    archives.push(await archived(image.tool, await binaryParts(image), (directory) => binaryImage(image, directory)));
  return archives;
}

/** The archive of PostgreSQL 18's image, for the test of an upgrade to it. It is no part of the lab. */
export const nextMajor = (): Promise<ImageArchive> => archived("postgresql-18", nextMajorParts(), nextMajorImage);

/** Runs containerd's `ctr` with these arguments and returns what it prints. */
export type Ctr = (args: string[]) => Promise<string>;

/** The namespace in which Kubernetes looks for images. */
const namespace = ["--namespace", "k8s.io"];

/** Imports the lab's images into its containerd, unless they are there. Builds those that the cache does not have. */
export async function importImages(ctr: Ctr): Promise<void> {
  await importArchives(await images(), ctr);
}

/** Imports each archive of which containerd lacks an image, or has another one under its name. */
export async function importArchives(archives: readonly ImageArchive[], ctr: Ctr): Promise<void> {
  const present = presentImages(await ctr([...namespace, "images", "list"]));
  for (const { file, digests } of archives) {
    const missing = Object.keys(digests).filter((reference) => present.get(reference) !== digests[reference]);
    if (missing.length > 0)
      await step(`import ${missing.join(", ")}`, () => ctr([...namespace, "images", "import", file]));
  }
}

/** Name and digest of each image in the output of `ctr images list`: a header, then name, media type, digest and more. */
export function presentImages(list: string): Map<string, string> {
  const rows = list.split("\n").slice(1);
  const fields = rows.map((row) => row.split(/\s+/)).filter((row) => row.length > 2);
  return new Map(fields.map(([reference, , digest]) => [reference as string, digest as string]));
}

/** Part of each archive's key. Change it when archives are written in another way. */
const format = "OCI layout, layers compressed with zstd";

/** Finds the archive made of `parts` in the cache, or builds it there. It appears complete or not at all. */
export async function archived(
  name: string,
  parts: readonly string[],
  build: (directory: string, log: string) => Promise<Image>,
): Promise<ImageArchive> {
  const folder = join(cache, "images");
  const key = createHash("sha256")
    .update(JSON.stringify([format, ...parts]))
    .digest("hex")
    .slice(0, 16);
  const file = join(folder, `${name}-${key}.tar`);
  if (!existsSync(file)) {
    await removeAbandoned(folder, name);
    const directory = join(folder, `${name}-building-${process.pid}`);
    await mkdir(directory, { recursive: true });
    await step(`build image ${name}`, async () => {
      const finished = join(directory, "finished.tar");
      await writeArchive(await build(directory, join(cache, "logs", `image-${name}.log`)), directory, finished);
      await rename(finished, file);
    }).finally(() => rm(directory, { recursive: true, force: true }));
  }
  return readArchive(file);
}

/** Removes the files of a process that was killed while it built this image. */
async function removeAbandoned(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    const [, builder] = /-building-(\d+)$/.exec(entry) ?? [];
    if (builder && entry.startsWith(`${name}-`) && !existsSync(`/proc/${builder}`))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
}
