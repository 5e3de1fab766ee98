/** Files that are there whole or not at all, and what tells them apart. */
import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** What is not finished has such a name, beside the place where it will be; it may be left by a process that was killed. */
export const unfinished = (path: string) => join(dirname(path), `.${basename(path)}.${randomUUID()}`);

export const isUnfinished = (name: string) => name.startsWith(".");

/** Writes a file beside its place and renames it: nobody reads half of it, and of several writers one wins. */
export async function writeWhole(path: string, data: string | Buffer): Promise<void> {
  const beside = unfinished(path);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
