/** Evidence of a run: who started it, and which commit of the project it ran. */
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import type { Run } from "./timeline";

const execute = promisify(execFile);

/**
 * Describes the run that begins.
 * @param directory the project's, or one in it
 * @param environment variables of the process, some of which a CI sets
 */
export async function runOf(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
  began: Date,
): Promise<Run> {
  const git = (...args: string[]) =>
    execute("git", args, { cwd: directory, env: { ...environment } }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const [name, commit, changes] = await Promise.all([
    git("config", "user.name"),
    git("rev-parse", "HEAD"),
    git("status", "--porcelain"),
  ]);
  const known = commit === undefined ? {} : { commit, ...(changes !== undefined && { clean: changes === "" }) };
  return { began: began.toISOString(), ...starterOf(environment, name), ...known };
}

/** Returns who starts the run: the CI's user before git's, which is often a robot there. */
function starterOf(
  environment: Readonly<Record<string, string | undefined>>,
  gitName: string | undefined,
): Pick<Run, "by" | "byFrom"> {
  for (const byFrom of ["GITHUB_ACTOR", "GITLAB_USER_LOGIN"] as const) {
    const by = environment[byFrom];
    if (by) return { by, byFrom };
  }
  return gitName ? { by: gitName, byFrom: "git" } : { by: userInfo().username, byFrom: "operating system" };
}
