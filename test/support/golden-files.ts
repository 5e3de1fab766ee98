/** Golden files. `UPDATE_GOLDEN=1` writes them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Expects that a directory has these files, by name, and no others. */
export function expectFiles(directory: string, files: Readonly<Record<string, string>>): void {
  if (process.env.UPDATE_GOLDEN) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  }
  expect(readdirSync(directory)).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(text).toBe(readFileSync(join(directory, name), "utf8"));
}
