/** Writes a version of the models, as a training would. The application does not publish, back up or restore them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Script } from "../core/script";
import { fileOf, formatModel } from "./model-file";
import { models } from "./models";
import { sha256, writeWhole } from "./whole-file";

export interface WrittenModel {
  /** Name of the file in the directory. */
  file: string;
  bytes: number;
  /** SHA-256 of the whole file in hexadecimal digits, as sha256sum prints it. */
  sha256: string;
}

export const writeModelsScript: Script = {
  summary: "Writes all models into a directory, and over those that it has.",
  flags: { to: { text: "DIRECTORY", help: "Where the models will be; it is made when it is not there." } },
  needs: [],
  async run(_context, { texts }) {
    const to = texts.to!;
    const files = await writeModels(to);
    return { to, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files };
  },
};

/** Writes each model atomically, including models that are switched off. */
export async function writeModels(directory: string): Promise<WrittenModel[]> {
  await mkdir(directory, { recursive: true });
  const written: WrittenModel[] = [];
  for (const { name, version, content } of models) {
    const [file, text] = [fileOf(name), formatModel(name, version, content)];
    await writeWhole(join(directory, file), text);
    written.push({ file, bytes: Buffer.byteLength(text), sha256: sha256(text) });
  }
  return written;
}
