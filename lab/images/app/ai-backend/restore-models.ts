/**
 * "AI Backend Deployment Guide: ML Model Backups", the way back: the models become those of a backup, all or none.
 *
 * All are copied beside the present ones and checked there; only then each takes its place. Killed between the first and the
 * last of these renames it leaves whole models of both kinds: run again, it goes on.
 */
import { copyFile, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Script } from "../core/script";
import { describe, manifestName, readCopy, readManifest, type BackedUpModel } from "./backup-manifest";
import { modelDirectory } from "./settings";
import { unfinished, writeWhole } from "./whole-file";

export const restoreModels: Script = {
  summary: "Puts the models of a backup into MODEL_DIRECTORY, and takes others away. Nothing may use them meanwhile.",
  flags: { from: { text: "DIRECTORY", help: "Where the backup is." } },
  needs: [],
  async run({ environment, progress }, { texts }) {
    const [from, to] = [texts.from!, modelDirectory(environment)];
    const manifest = await readManifest(from);
    if (!manifest) throw new Error(`${join(from, manifestName)} is not there: there is no whole backup in ${from}`);
    const { createdAt, models } = manifest;

    await mkdir(to, { recursive: true });
    await clearLeftovers(to);
    const beside = unfinished(join(to, leftover));
    try {
      await copyBeside(from, join(beside, "new"), models, progress);
      const removed = await swap(to, beside, models);
      const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
      return { from, to, createdAt, bytes, models, removed };
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  },
};

const leftover = "restore";

/** What a restore that was killed has left. */
async function clearLeftovers(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(`.${leftover}.`));
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
}

async function copyBeside(
  from: string,
  beside: string,
  models: readonly BackedUpModel[],
  progress: (line: string) => void,
): Promise<void> {
  await mkdir(beside, { recursive: true });
  for (const [index, model] of models.entries()) {
    const data = await readCopy(from, model);
    describe(model.file, data);
    await writeWhole(join(beside, model.file), data);
    if (!data.equals(await readFile(join(beside, model.file)))) {
      throw new Error(`${model.file} could not be read back as it was written`);
    }
    progress(`${index + 1} of ${models.length} copied`);
  }
}

/** Returns the names of the files that went. When something fails, all is as it was. */
async function swap(directory: string, beside: string, models: readonly BackedUpModel[]): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const present = entries
    .filter((entry) => entry.isFile() && /^[^.].*\.json$/.test(entry.name))
    .map(({ name }) => name);
  const before = join(beside, "before");
  await mkdir(before);
  for (const name of present) await copyFile(join(directory, name), join(before, name));

  const files = models.map(({ file }) => file);
  const removed = present.filter((name) => !files.includes(name));
  const replaced: string[] = [];
  try {
    for (const file of files) {
      await rename(join(beside, "new", file), join(directory, file));
      replaced.push(file);
    }
    for (const name of removed) await rm(join(directory, name));
    return removed;
  } catch (error) {
    for (const file of replaced) if (!present.includes(file)) await rm(join(directory, file), { force: true });
    for (const name of present) await rename(join(before, name), join(directory, name));
    throw error;
  }
}
