/** Programs from packages of Python's. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command";
import { installed } from "./packages";
import { cache } from "./paths";

/**
 * Returns a virtual environment of the cache, made by `pip install` with these arguments if it is not there. Programs in
 * its bin/ that are scripts name another directory: run them as modules of its bin/python.
 * @param name its directory in the cache
 */
export async function pythonEnvironment(name: string, args: readonly string[]): Promise<string> {
  const directory = join(cache, name);
  if (existsSync(directory)) return directory;
  await installed(["python3-venv"]);
  const partial = `${directory}.${process.pid}`;
  try {
    await run("/usr/bin/python3", ["-m", "venv", partial]);
    await run(join(partial, "bin", "pip"), ["install", "--quiet", ...args]);
    renameSync(partial, directory);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(directory)) throw error; // another process was first
  }
  return directory;
}
