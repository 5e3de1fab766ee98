/** Directory of migrations for a test, removed with `remove`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export class Directory {
  private readonly root = mkdtempSync(join(tmpdir(), "runsheet-migrations-"));
  readonly path = join(this.root, "migrations");

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    mkdirSync(this.path);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, path)), { recursive: true });
      writeFileSync(join(this.path, path), text);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** Calls `work` with the path of a directory with the files. */
export function inDirectory<T>(files: Readonly<Record<string, string | Uint8Array>>, work: (path: string) => T): T {
  const directory = new Directory(files);
  try {
    return work(directory.path);
  } finally {
    directory.remove();
  }
}
