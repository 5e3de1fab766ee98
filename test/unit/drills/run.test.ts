/** Evidence of a run: who started it, and from which commit. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { runOf } from "../../../drills/run";

const began = new Date("2026-11-27T10:00:00Z");
const environment = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null" };
let directory: string;
const git = (...args: string[]) => execFileSync("git", args, { cwd: directory, encoding: "utf8" }).trim();

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "runsheet-run-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function repository() {
  git("init", "--quiet");
  git("config", "user.name", "Ada Example");
  git("config", "user.email", "ada@example.com");
  git("commit", "--quiet", "--allow-empty", "--message", "One");
  return git("rev-parse", "HEAD");
}

test("a clean commit is named, with git's user", async () => {
  const commit = repository();
  expect(await runOf(directory, environment, began)).toEqual({
    began: "2026-11-27T10:00:00.000Z",
    by: "Ada Example",
    byFrom: "git",
    commit,
    clean: true,
  });
});

test("a file that is not committed makes it unclean", async () => {
  repository();
  writeFileSync(join(directory, "Pulumi.mine.yaml"), "config: {}\n");
  expect(await runOf(directory, environment, began)).toMatchObject({ clean: false });
});

test.each(["GITHUB_ACTOR", "GITLAB_USER_LOGIN"] as const)("the CI's user comes before git's: %s", async (variable) => {
  repository();
  expect(await runOf(directory, { ...environment, [variable]: "octocat" }, began)).toMatchObject({
    by: "octocat",
    byFrom: variable,
  });
});

test("an empty variable is none", async () => {
  repository();
  expect(await runOf(directory, { ...environment, GITHUB_ACTOR: "" }, began)).toMatchObject({ by: "Ada Example" });
});

test("without git it is the user of the operating system, and no commit", async () => {
  repository();
  expect(await runOf(directory, { PATH: directory }, began)).toEqual({
    began: "2026-11-27T10:00:00.000Z",
    by: userInfo().username,
    byFrom: "operating system",
  });
});

test("what is no checkout has no commit", async () => {
  expect(await runOf(directory, { ...environment, GITHUB_ACTOR: "octocat" }, began)).toEqual({
    began: "2026-11-27T10:00:00.000Z",
    by: "octocat",
    byFrom: "GITHUB_ACTOR",
  });
});
