/** Atomic writes of files, and checksums. */
import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");

/**
 * Writes a temporary file and renames it to `path`: no reader sees an incomplete file, and of several writers one wins.
 */
export async function writeWhole(path: string, data: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
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
