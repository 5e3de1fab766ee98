/** Model directories that are taken away after each test, and what tests do to the files in it. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatModel, type ModelFile } from "../../../../lab/stand-in/ai-backend/model-file";
import { writeModels } from "../../../../lab/stand-in/ai-backend/write-models";

const made: string[] = [];

/** With all models in it. */
export async function newModelDirectory(): Promise<string> {
  const directory = newDirectory();
  await writeModels(directory);
  return directory;
}

/** An empty one. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "models-"));
  made.push(directory);
  return directory;
}

export function removeDirectories(): void {
  made.splice(0).forEach((directory) => rmSync(directory, { recursive: true }));
}

export const readModel = (path: string) => JSON.parse(readFileSync(path, "utf8")) as ModelFile;

/** As a new training would. */
export function writeModel(path: string, version: string, different: object = {}): void {
  const { name, content } = readModel(path);
  writeFileSync(path, formatModel(name, version, { ...(content as object), ...different }));
}

/** As a copy that was cut off. */
export const truncate = (path: string) => truncateSync(path, 100);

/** As a bit that has turned over on a disk. */
export const flip = (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("0.8", "0.9"));
