/**
 * "AI Backend Deployment Guide: ML Model Backups". The guide archives a volume that may be written to meanwhile; here each
 * file is checked before and after it is copied, and a backup counts only with its manifest.
 *
 * A backup in the same directory replaces the one before it when all is copied, and not earlier: another content has another
 * name. Killed at any time and run again, it goes on.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Script } from "../core/script";
import { SettingsError } from "../core/settings";
import { describe, manifestName, readCopy, readManifest, unlessMissing, type BackedUpModel } from "./backup-manifest";
import { modelDirectory } from "./settings";
import { isUnfinished, writeWhole } from "./whole-file";

export const backupModels: Script = {
  summary:
    "Copies the models of MODEL_DIRECTORY, checks the copies, and writes their manifest. Nothing may write to them.",
  flags: { to: { text: "DIRECTORY", help: "Where the backup will be." } },
  needs: [],
  async run({ environment, progress }, { texts }) {
    const [from, to] = [modelDirectory(environment), texts.to!];
    if (resolve(from) === resolve(to)) throw new SettingsError(`--to is MODEL_DIRECTORY, ${from}: give another one.`);
    const found = await readModels(from);
    const models: BackedUpModel[] = [];
    await mkdir(to, { recursive: true });
    for (const { model, data } of found) {
      await writeWhole(join(to, model.copy), data);
      await readCopy(to, model);
      models.push(model);
      progress(`${models.length} copied`);
    }
    await refuseChanges(from, models);
    const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
    return { from, to, createdAt: await replaceManifest(to, models), bytes, models };
  },
};

async function readModels(directory: string): Promise<{ model: BackedUpModel; data: Buffer }[]> {
  const names = (await readdir(directory).catch(unlessMissing)) ?? [];
  const files = names.filter((name) => !isUnfinished(name) && name !== "lost+found").sort();
  if (files.length === 0) throw new Error(`${directory} has no model: there is nothing to back up`);
  const stray = files.find((name) => !name.endsWith(".json"));
  if (stray) throw new Error(`${join(directory, stray)} is no model: a backup would not be whole`);
  return Promise.all(
    files.map(async (file) => {
      const data = await readFile(join(directory, file));
      return { model: describe(file, data), data };
    }),
  );
}

async function refuseChanges(directory: string, models: readonly BackedUpModel[]): Promise<void> {
  const now = (await readModels(directory)).map(({ model }) => model);
  if (JSON.stringify(now) === JSON.stringify(models)) return;
  throw new Error(`${directory} was written to while it was copied: stop what writes to it, then back up again`);
}

/** From here on it is the new backup; copies that only the one before had are taken away. */
async function replaceManifest(directory: string, models: readonly BackedUpModel[]): Promise<string> {
  const before = await readManifest(directory).catch(() => undefined);
  const createdAt = new Date().toISOString();
  await writeWhole(join(directory, manifestName), `${JSON.stringify({ createdAt, models }, null, 2)}\n`);
  const copies = new Set(models.map(({ copy }) => copy));
  const old = (before?.models ?? []).filter(({ copy }) => !copies.has(copy));
  for (const { copy } of old) await rm(join(directory, copy), { force: true });
  return createdAt;
}
