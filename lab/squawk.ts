/** squawk, which checks migrations. Its program is in a package of Python's. */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command";
import { installed } from "./packages";
import { cache } from "./paths";

const version = "2.70.0";

/** Returns the path of squawk. It is installed into the cache if it is not there. */
export async function squawk(): Promise<string> {
  const directory = join(cache, "squawk", version);
  if (!existsSync(directory)) {
    await installed(["python3-venv"]);
    const partial = `${directory}.${process.pid}`;
    await run("/usr/bin/python3", ["-m", "venv", partial]);
    // Only the binary is used. It still works after the environment is renamed.
    await run(join(partial, "bin", "pip"), ["install", "--quiet", `squawk-cli==${version}`]);
    renameSync(partial, directory);
  }
  return join(directory, "bin", "squawk");
}
