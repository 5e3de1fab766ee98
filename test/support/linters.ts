/** Checks shell scripts with shellcheck and migrations with squawk, installing both when they are missing. */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lab/command";
import { installed } from "../../lab/packages";
import { cache, root } from "../../lab/paths";

const squawkVersion = "2.70.0";

async function squawk(): Promise<string> {
  const directory = join(cache, "squawk", squawkVersion);
  if (!existsSync(directory)) {
    await installed(["python3-venv"]);
    const partial = `${directory}.${process.pid}`;
    await run("/usr/bin/python3", ["-m", "venv", partial]);
    // Only the binary is used. It still works after the environment is renamed.
    await run(join(partial, "bin", "pip"), ["install", "--quiet", `squawk-cli==${squawkVersion}`]);
    renameSync(partial, directory);
  }
  return join(directory, "bin", "squawk");
}

async function tracked(...patterns: string[]): Promise<string[]> {
  const list = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns], {
    cwd: root,
  });
  return list.split("\n").filter((file) => file !== "" && existsSync(join(root, file)));
}

async function main(): Promise<void> {
  await installed(["shellcheck"]);
  await run("shellcheck", ["--external-sources", ...(await tracked("*.sh", ".ci/run"))], { cwd: root });
  await run(await squawk(), await tracked("components/**/*.sql", "systems/**/*.sql", "test/fixtures/**/*.sql"), {
    cwd: root,
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
