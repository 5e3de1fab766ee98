/** Temporary model directories, and the ways in which tests change their files. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatModel, type ModelFile } from "../../../../lab/stand-in/ai-backend/model-file";
import { writeModels } from "../../../../lab/stand-in/ai-backend/write-models";

const made: string[] = [];

/** Creates a directory with all models. */
export async function newModelDirectory(): Promise<string> {
  const directory = newDirectory();
  await writeModels(directory);
  return directory;
}

/** Creates an empty directory. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "models-"));
  made.push(directory);
  return directory;
}

export function removeDirectories(): void {
  made.splice(0).forEach((directory) => rmSync(directory, { recursive: true }));
}

export const readModel = (path: string) => JSON.parse(readFileSync(path, "utf8")) as ModelFile;

/** Writes a new version of a model, as a new training does. */
export function writeModel(path: string, version: string, different: object = {}): void {
  const { name, content } = readModel(path);
  writeFileSync(path, formatModel(name, version, { ...(content as object), ...different }));
}

/** Truncates a file, like an interrupted copy. */
export const truncate = (path: string) => truncateSync(path, 100);

/** Changes a digit of the content, like a flipped bit on a disk. */
export const flip = (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("0.8", "0.9"));
