/**
 * What makes a directory a backup of models: a manifest that names each file with its checksum. It is written last, so that
 * a backup without one is no whole backup.
 */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorMessage } from "../core/log";
import { parseModel } from "./model-file";
import { sha256 } from "./whole-file";

export interface BackedUpModel {
  /** The file's name in the model directory, and the one that its copy has in the backup. */
  file: string;
  copy: string;
  model: string;
  version: string;
  bytes: number;
  /** Of the whole file, in hexadecimal digits. */
  sha256: string;
}

export interface Manifest {
  createdAt: string;
  models: BackedUpModel[];
}

export const manifestName = "manifest.json";

/** Describes a model's file. Throws an error when it is damaged. The copy of another content has another name. */
export function describe(file: string, data: Buffer): BackedUpModel {
  const { name: model, version } = parseModel(data.toString("utf8"), file);
  const digest = sha256(data);
  const copy = `${basename(file, ".json")}.${digest.slice(0, 12)}.json`;
  return { file, copy, model, version, bytes: data.length, sha256: digest };
}

/** Reads a copy. Throws an error when it is not what the manifest says. */
export async function readCopy(directory: string, { copy, bytes, sha256: expected }: BackedUpModel): Promise<Buffer> {
  const path = join(directory, copy);
  const data = await readFile(path).catch(unlessMissing);
  if (!data) throw new Error(`${path} is gone, which the manifest names`);
  if (data.length !== bytes) throw new Error(`${path} has ${data.length} bytes instead of ${bytes}`);
  if (sha256(data) !== expected) throw new Error(`${path} does not have the sha256 that it was backed up with`);
  return data;
}

/** Undefined when there is none. Throws an error when it cannot be used. */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, manifestName);
  const text = await readFile(path, "utf8").catch(unlessMissing);
  if (text === undefined) return undefined;
  try {
    return asManifest(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} cannot be used (${errorMessage(error)})`, { cause: error });
  }
}

/** Of a file or directory that is not there, undefined. */
export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function asManifest(value: unknown): Manifest {
  const { createdAt, models } = (value ?? {}) as Partial<Manifest>;
  if (typeof createdAt !== "string" || !Array.isArray(models) || models.length === 0 || !models.every(isModel)) {
    throw new Error("a manifest has createdAt and models, each with file, copy, model, version, bytes and sha256");
  }
  return { createdAt, models };
}

function isModel(value: Partial<BackedUpModel> | null): value is BackedUpModel {
  const { file, copy, model, version, bytes, sha256 } = value ?? {};
  return (
    isPlainName(file) &&
    isPlainName(copy) &&
    typeof model === "string" &&
    typeof version === "string" &&
    typeof bytes === "number" &&
    typeof sha256 === "string"
  );
}

/** A name that leads nowhere else, and is no file that is being written. */
const isPlainName = (name: unknown): name is string =>
  typeof name === "string" && /^[A-Za-z0-9_-][\w.-]*\.json$/.test(name);
