/** Dumps in an object store: `<tier>/<name>.dump`. Each has a manifest beside it, without which it is not used. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import type { Store, StoredObject } from "../../object-store/in-pod/client";
import { tiers, type KeptDump } from "../tiers";
import { signatureOf, unsigned, type Origin } from "./signature";

/** Manifest that dump.sh writes for a dump. */
export interface Manifest {
  readonly dump: string;
  readonly system: string;
  /** Name of the database. Undefined for dumps of 0.1.0. */
  readonly database?: string;
  /** Release that was about to be deployed. */
  readonly release: string;
  /** Last change of the schema in the dump. Empty before the first. */
  readonly change: string;
  /** Time of the dump, as ISO 8601 in UTC. It holds everything that was committed until then. */
  readonly taken: string;
  /** LSN at that time. Empty where the server does not report it. */
  readonly lsn: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tables: number;
  /** Number of rows of all tables in the dump's snapshot. Undefined for dumps older than 0.1.0. */
  readonly rows?: number;
  /** Roles that the dump refers to. Undefined for dumps older than 0.1.0. */
  readonly roles?: readonly string[];
  /** Proof that the dump passed. Default: read, as before 0.1.0. */
  readonly proof?: Proof;
  /** Files that replace.sh needs, by their ends. Default: the dump is of a whole database, not of schemas. */
  readonly selection?: Readonly<Record<string, string>>;
  /** Signature of the rest. Undefined for dumps of a stack without `runsheet:backupsSigningKey`. */
  readonly signature?: string;
}

/** Proof of a dump. `restored`: restored into a scratch server and verified there; `read`: read whole. */
export type Proof = "restored" | "read";

/** Dump with a manifest. */
export interface StoredDump extends KeptDump {
  /** Name by which it is requested: `<tier>/<name>`. */
  readonly name: string;
  readonly manifest: Manifest;
}

const manifestEnd = ".dump.manifest.json";
const file = (name: string) => `${name}.dump`;
const manifestFile = (name: string) => `${name}${manifestEnd}`;
/** Tells whether the dump itself is among the objects. */
const hasDump = (objects: readonly StoredObject[], name: string) =>
  objects.some((object) => object.name === file(name));
/** Lists the names of the dumps whose manifests are among the objects. */
const namesIn = (objects: readonly StoredObject[]) =>
  objects.flatMap(({ name }) => (name.endsWith(manifestEnd) ? [name.slice(0, -manifestEnd.length)] : []));

/**
 * Stores a dump that dump.sh has verified. Reads it back whole, and writes its manifest after that.
 * Returns false if a dump of that name exists: it is never overwritten.
 * @param key signs the manifest. Default: it is not signed
 * @throws Error if the store returns other bytes, or has a dump of that name which the key has not signed
 */
export async function storeDump(
  store: Store,
  name: string,
  path: string,
  manifest: Manifest,
  key?: string,
): Promise<boolean> {
  const there = await store.text(manifestFile(name));
  if (there !== undefined) {
    const url = store.url(manifestFile(name));
    const why = unsigned(key, name, parseManifest(there, url));
    if (why === undefined) return false;
    throw new Error(
      `${url} exists, and is not of this stack: ${why}. A dump is never overwritten. Find out who ` +
        "wrote it, move it and its dump away, and run it again",
    );
  }
  if ((await hashOf(createReadStream(path))) !== manifest.sha256)
    throw new Error(`${path} changed after it was verified: take another dump`);
  await store.putFile(file(name), path);
  const stored = await hashOf(store.read(file(name), manifest.bytes));
  if (stored !== manifest.sha256)
    throw new Error(
      `${store.url(file(name))} was stored, but reads differently (sha256 ${stored} instead of ${manifest.sha256}): it is not used. Check the object store and run it again`,
    );
  const text = JSON.stringify(key ? { ...manifest, signature: signatureOf(key, name, manifest) } : manifest);
  await store.putText(manifestFile(name), text);
  if ((await store.text(manifestFile(name))) !== text)
    throw new Error(
      `${store.url(manifestFile(name))} was written, but reads differently. Check the object store and run it again`,
    );
  return true;
}

/**
 * Lists the dumps that have a manifest, the newest last. One whose manifest is damaged is left out.
 * @param say gets a line for each that is left out
 * @param key must have signed a manifest, or the dump is as old as the manifest's object, whatever the manifest says.
 *   Default: manifests are believed
 */
export async function storedDumps(store: Store, say: (line: string) => void, key?: string): Promise<StoredDump[]> {
  const dumps: StoredDump[] = [];
  for (const tier of tiers) {
    const objects = await store.list(`${tier}/`);
    for (const name of namesIn(objects)) {
      const manifest = await soundManifest(store, name, say);
      if (manifest === undefined) continue;
      const { modified } = objects.find((object) => object.name === manifestFile(name))!;
      const isOurs = unsigned(key, name, manifest) === undefined;
      const counts = isOurs && hasDump(objects, name);
      dumps.push({ name, tier, manifest, taken: isOurs ? new Date(manifest.taken) : modified, counts });
    }
  }
  return dumps.sort((a, b) => a.taken.getTime() - b.taken.getTime());
}

/**
 * Finds a dump that was taken before the migrations of a deployment. Undefined if there is none.
 * @param proof the least proof: "read" accepts a restored dump, too
 * @param say gets a line for each whose manifest is damaged
 * @param key leaves out dumps that it has not signed. Default: none is left out
 */
export async function dumpOf(
  store: Store,
  deployment: string,
  proof: Proof,
  say: (line: string) => void,
  key?: string,
): Promise<string | undefined> {
  const objects = await store.list(`before-migration/${deployment}-`);
  for (const dump of namesIn(objects)) {
    if (!hasDump(objects, dump)) continue;
    const manifest = await soundManifest(store, dump, say);
    if (manifest === undefined) continue;
    if (unsigned(key, dump, manifest) === undefined && (proof === "read" || manifest.proof === proof)) return dump;
  }
  return undefined;
}

/** Lists dumps without a manifest that are older than `before`: interrupted runs leave them. */
export async function leftovers(store: Store, before: Date): Promise<string[]> {
  const objects: StoredObject[] = [];
  for (const tier of tiers) objects.push(...(await store.list(`${tier}/`)));
  const names = new Set(objects.map(({ name }) => name));
  return objects
    .filter(({ name, modified }) => name.endsWith(".dump") && modified < before && !names.has(`${name}.manifest.json`))
    .map(({ name }) => name);
}

/** Deletes a dump, its manifest first. */
export async function removeDump(store: Store, name: string): Promise<void> {
  await store.remove(manifestFile(name));
  await store.remove(file(name));
}

/**
 * Downloads a dump to the file `path`, which exists only if every byte matches the manifest. Writes what the scripts
 * need of the manifest beside it.
 * @throws Error if there is no dump of that name, it is damaged, or not of this system, database and stack
 */
export async function fetchDump(store: Store, name: string, path: string, origin: Origin = {}): Promise<Manifest> {
  const manifest = await readManifest(store, name);
  expectOwn(store, name, manifest, origin);
  const stored = (await store.list(file(name))).find((object) => object.name === file(name));
  if (!stored) throw new Error(`${store.url(file(name))} is missing, though its manifest exists: restore another dump`);
  const refusal = (what: string) => new Error(`${store.url(file(name))} is damaged: ${what}. Restore another dump`);
  if (stored.bytes !== manifest.bytes) throw refusal(`it has ${stored.bytes} bytes instead of ${manifest.bytes}`);
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
  if (sha256.digest("hex") !== manifest.sha256) throw refusal("its sha256 differs from the manifest's");
  for (const [end, content] of Object.entries(filesOf(manifest))) await writeFile(`${path}.${end}`, content);
  await rename(partial, path);
  return manifest;
}

/** Throws Error if a manifest is of another system or database, or not signed by this stack. */
function expectOwn(store: Store, name: string, manifest: Manifest, { key, database }: Origin): void {
  const url = store.url(manifestFile(name));
  if (manifest.system !== store.system)
    throw new Error(
      `${url} is of the system ${manifest.system}, and not of ${store.system}: restore a dump of its own`,
    );
  if (database !== undefined && manifest.database !== undefined && manifest.database !== database)
    throw new Error(
      `${url} is of the database ${manifest.database}, and not of ${database}: restore a dump of its own. If the database has ` +
        "another name since, and you trust who could write there, set restore.unsigned to true",
    );
  const why = unsigned(key, name, manifest);
  if (why !== undefined)
    throw new Error(
      `${url} is not of this stack: ${why}. If it was taken before runsheet:backupsSigningKey was set, or with another ` +
        "key, and you trust who could write there, set restore.unsigned to true",
    );
}

/**
 * Returns the files that the scripts expect beside a dump, by their ends: `roles` has the roles that it refers to, one
 * per line.
 */
export const filesOf = ({ roles = [], selection }: Manifest): Readonly<Record<string, string>> => ({
  roles: roles.map((role) => `${role}\n`).join(""),
  ...selection,
});

async function readManifest(store: Store, name: string): Promise<Manifest> {
  const text = await store.text(manifestFile(name));
  if (text === undefined) {
    const names = namesIn(await store.list(`${tierIn(name)}/`));
    throw new Error(`unknown dump ${name}; dumps of that tier: ${names.join(", ") || "none"}`);
  }
  return parseManifest(text, store.url(manifestFile(name)));
}

/** Reads a manifest. Undefined if it is damaged, or was deleted meanwhile. */
async function soundManifest(store: Store, name: string, say: (line: string) => void): Promise<Manifest | undefined> {
  const text = await store.text(manifestFile(name));
  if (text === undefined) return undefined;
  try {
    return parseManifest(text, store.url(manifestFile(name)));
  } catch (error) {
    say(`left out: ${(error as Error).message}. Move it and its dump away, or restore an earlier version of it`);
    return undefined;
  }
}

const tierIn = (name: string) => name.split("/")[0]!;

function parseManifest(text: string, where: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (Number.isNaN(Date.parse(manifest.taken)) || !(manifest.bytes > 0) || !/^[0-9a-f]{64}$/.test(manifest.sha256))
      throw new Error("it lacks a valid time, size or checksum");
    return manifest;
  } catch (error) {
    throw new Error(`${where} is not a dump's manifest: ${(error as Error).message}`, { cause: error });
  }
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const sha256 = createHash("sha256");
  for await (const part of content) sha256.update(part);
  return sha256.digest("hex");
}
