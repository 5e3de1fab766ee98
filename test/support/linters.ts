/**
 * Checks shell scripts with shellcheck, migrations with squawk and workflows with actionlint. Each is installed or built
 * when it is missing.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lab/command";
import { installed } from "../../lab/packages";
import { root } from "../../lab/paths";
import { squawk } from "../../lab/squawk";
import { tool } from "../../lab/toolchain";

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
  const actionlint = join(await tool("actionlint"), "actionlint");
  // With shellcheck for the scripts in the workflows.
  await run(actionlint, ["-no-color", "-shellcheck", "shellcheck", ...(await tracked(".github/workflows/*.yml"))], {
    cwd: root,
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
