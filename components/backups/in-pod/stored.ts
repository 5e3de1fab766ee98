/** Dumps in an object store: `<tier>/<name>.dump`, and beside it the manifest with which it counts. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import type { Store, StoredObject } from "../../object-store/in-pod/client";
import { tiers, type KeptDump } from "../tiers";

/** What dump.sh says of a dump. */
export interface Manifest {
  readonly dump: string;
  readonly system: string;
  /** The release that was to run when it was taken. */
  readonly release: string;
  /** The last change of the schema that it holds; empty before the first. */
  readonly change: string;
  /** When it was taken, as ISO 8601 in UTC: all that was committed until then is in it. */
  readonly taken: string;
  /** Where the write-ahead log was at that moment; empty where there is none to say. */
  readonly lsn: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tables: number;
  /** Rows of all tables in the dump's snapshot. Dumps of before 0.1.0 have not counted them. */
  readonly rows?: number;
  /** Roles that the dump refers to. Dumps of before 0.1.0 have not noted them. */
  readonly roles?: readonly string[];
  /** `restored`: into a scratch server, and verified there; `read`: read whole. Default: read, as before 0.1.0. */
  readonly proof?: Proof;
}

/** How a dump was proven before it counted. */
export type Proof = "restored" | "read";

/** A dump that counts. */
export interface StoredDump extends KeptDump {
  /** What it is asked for by: `<tier>/<name>`. */
  readonly name: string;
  readonly manifest: Manifest;
}

const manifestEnd = ".dump.manifest.json";
const file = (name: string) => `${name}.dump`;
const manifestFile = (name: string) => `${name}${manifestEnd}`;
/** The names of the dumps whose manifests are among the objects. */
const namesIn = (objects: readonly StoredObject[]) =>
  objects.flatMap(({ name }) => (name.endsWith(manifestEnd) ? [name.slice(0, -manifestEnd.length)] : []));

/**
 * Stores a dump that dump.sh has verified. It counts when it has been read back whole, and its manifest, which is written
 * after that, too. Returns false if one of that name counts already: it is never overwritten.
 */
export async function storeDump(store: Store, name: string, path: string, manifest: Manifest): Promise<boolean> {
  if ((await store.text(manifestFile(name))) !== undefined) return false;
  if ((await hashOf(createReadStream(path))) !== manifest.sha256) throw new Error(`${path} changed after it was made`);
  await store.putFile(file(name), path);
  const stored = await hashOf(store.read(file(name), manifest.bytes));
  if (stored !== manifest.sha256)
    throw new Error(
      `${store.url(file(name))} was stored, and reads as something else (sha256 ${stored} instead of ${manifest.sha256}): it does not count`,
    );
  const text = JSON.stringify(manifest);
  await store.putText(manifestFile(name), text);
  if ((await store.text(manifestFile(name))) !== text)
    throw new Error(`${store.url(manifestFile(name))} was written, and reads as something else`);
  return true;
}

/** The dumps that count, the newest last. */
export async function storedDumps(store: Store): Promise<StoredDump[]> {
  const dumps: StoredDump[] = [];
  for (const tier of tiers)
    for (const name of namesIn(await store.list(`${tier}/`))) {
      const manifest = await readManifest(store, name);
      dumps.push({ name, tier, manifest, taken: new Date(manifest.taken) });
    }
  return dumps.sort((a, b) => a.taken.getTime() - b.taken.getTime());
}

/**
 * A dump that was taken before the migrations of a deployment, and counts, by its name; undefined if there is none.
 * @param proof how it must have been proven; one that was restored was read as well
 */
export async function dumpOf(store: Store, deployment: string, proof: Proof): Promise<string | undefined> {
  const objects = await store.list(`before-migration/${deployment}-`);
  for (const dump of namesIn(objects)) {
    if (!objects.some(({ name }) => name === file(dump))) continue;
    if (proof === "read" || (await readManifest(store, dump)).proof === proof) return dump;
  }
  return undefined;
}

/** Objects among the dumps that are older than `before` and do not count: what interrupted runs left. */
export async function leftovers(store: Store, before: Date): Promise<string[]> {
  const objects: StoredObject[] = [];
  for (const tier of tiers) objects.push(...(await store.list(`${tier}/`)));
  const names = new Set(objects.map(({ name }) => name));
  return objects
    .filter(({ name, modified }) => name.endsWith(".dump") && modified < before && !names.has(`${name}.manifest.json`))
    .map(({ name }) => name);
}

/** Deletes a dump: first what makes it count. */
export async function removeDump(store: Store, name: string): Promise<void> {
  await store.remove(manifestFile(name));
  await store.remove(file(name));
}

/**
 * Brings a dump back as the file `path`, which is there only if every byte of it is what was dumped; `path`.roles names the
 * roles that it refers to, one on a line.
 * @throws Error if there is no dump of that name, or it is damaged
 */
export async function fetchDump(store: Store, name: string, path: string): Promise<Manifest> {
  const manifest = await readManifest(store, name);
  const stored = (await store.list(file(name))).find((object) => object.name === file(name));
  if (!stored)
    throw new Error(`${store.url(file(name))} is not there, though its manifest is: nothing is restored from it`);
  const refusal = (what: string) =>
    new Error(`${store.url(file(name))} is damaged: ${what}. Nothing is restored from it`);
  if (stored.bytes !== manifest.bytes)
    throw refusal(`it has ${stored.bytes} bytes instead of the ${manifest.bytes} that were dumped`);
  const partial = `${path}.partial`;
  const sha256 = createHash("sha256");
  const target = await open(partial, "w");
  try {
    for await (const part of store.read(file(name), manifest.bytes)) {
      sha256.update(part);
      await target.writeFile(part);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  if (sha256.digest("hex") !== manifest.sha256) throw refusal("its bytes are not those that were dumped");
  await writeFile(`${path}.roles`, (manifest.roles ?? []).map((role) => `${role}\n`).join(""));
  await rename(partial, path);
  return manifest;
}

async function readManifest(store: Store, name: string): Promise<Manifest> {
  const text = await store.text(manifestFile(name));
  if (text === undefined) {
    const names = namesIn(await store.list(`${tierIn(name)}/`));
    throw new Error(`there is no dump ${name} that counts. There are: ${names.join(", ") || "none of that tier"}`);
  }
  return parseManifest(text, store.url(manifestFile(name)));
}

const tierIn = (name: string) => name.split("/")[0]!;

function parseManifest(text: string, where: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (Number.isNaN(Date.parse(manifest.taken)) || !(manifest.bytes > 0) || !/^[0-9a-f]{64}$/.test(manifest.sha256))
      throw new Error("it lacks the time, the size or the checksum");
    return manifest;
  } catch (error) {
    throw new Error(`${where} is no manifest of a dump: ${(error as Error).message}`, { cause: error });
  }
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const sha256 = createHash("sha256");
  for await (const part of content) sha256.update(part);
  return sha256.digest("hex");
}
