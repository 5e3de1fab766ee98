/** Migrations that are new or changed against the base of a pull request, checked with git and squawk. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../lab/command";
import { migrationFindings } from "../../../preview/migrations";

let project: string;

const git = (...args: string[]) =>
  run("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", ...args], {
    cwd: project,
  });

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
}

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  write(files);
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Change");
}

const limits = "SET lock_timeout = '5s';\nSET statement_timeout = '60s';\n";
const sqitch = "systems/demo/migrations";
const scripts = (change: string, deploy: string) => ({
  [`${sqitch}/deploy/${change}.sql`]: deploy,
  [`${sqitch}/verify/${change}.sql`]: "SELECT 1;\n",
  [`${sqitch}/revert/${change}.sql`]: "SELECT 1;\n",
});
const plan = (...changes: string[]) => ({
  [`${sqitch}/sqitch.plan`]: [
    "%project=demo",
    ...changes.map((change) => `${change} 2026-11-20T00:00:00Z A <a@b>`),
  ].join("\n"),
});

beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), "runsheet-findings-"));
  cpSync(join(__dirname, "..", "..", "..", ".squawk.toml"), join(project, ".squawk.toml"));
  await git("init", "--quiet", "--initial-branch", "main");
  await commit({
    ...plan("users"),
    ...scripts("users", "DROP TABLE users;\n"),
    "Pulumi.production.yaml":
      "config:\n  pm:migrations:\n    sql: app/migrations\n  mued:migrations:\n    sql: ../mued/migrations\n",
    "app/migrations/V1__first.sql": `${limits}CREATE TABLE IF NOT EXISTS first (id bigint);\n`,
    // As pulumi config set writes it without --path; and a stack that has no configuration yet.
    "Pulumi.staging.yaml": 'config:\n  omniops:migrations: \'{"sql":"other/migrations"}\'\n  pm:migrations: nonsense\n',
    "Pulumi.empty.yaml": "",
    "other/migrations/V1__first.sql": `${limits}CREATE TABLE IF NOT EXISTS other (id bigint);\n`,
  });
  await git("checkout", "--quiet", "-b", "change");
});
afterEach(() => rmSync(project, { recursive: true }));

test("what the base has already is not checked, though it has faults", async () => {
  await commit({ "README.md": "Nothing of a database\n" });
  expect(await migrationFindings("main", project)).toEqual([]);
});

test("a new migration's faults are found by file and line", async () => {
  await commit({
    ...plan("users", "orders"),
    ...scripts("orders", `${limits}\nALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint NOT NULL;\n`),
  });
  expect(await migrationFindings("main", project)).toEqual([
    {
      file: `${sqitch}/deploy/orders.sql`,
      line: 4,
      level: "warning",
      rule: "adding-required-field",
      message: expect.stringContaining("NOT NULL") as string,
    },
  ]);
});

test("commits of the base after the branch was made are none of the change's", async () => {
  await commit({ "README.md": "Nothing of a database\n" });
  await git("checkout", "--quiet", "main");
  await commit({ [`${sqitch}/deploy/users.sql`]: "DROP TABLE others;\n" });
  await git("checkout", "--quiet", "change");
  expect(await migrationFindings("main", project)).toEqual([]);
});

test("an edited script that the base deploys is a warning, its verification is not", async () => {
  await commit({
    [`${sqitch}/deploy/users.sql`]: `${limits}CREATE TABLE IF NOT EXISTS users (id bigint);\n`,
    [`${sqitch}/verify/users.sql`]: "SELECT 2;\n",
    "app/migrations/V1__first.sql": `${limits}CREATE TABLE IF NOT EXISTS first (id bigint, name text);\n`,
    "other/migrations/V1__first.sql": `${limits}CREATE TABLE IF NOT EXISTS other (id bigint, name text);\n`,
  });
  const message = "main has it already: where it is applied, up refuses another script. Put it back, and add a change";
  expect(await migrationFindings("main", project)).toEqual(
    ["app", "other"]
      .map((team) => `${team}/migrations/V1__first.sql`)
      .concat(`${sqitch}/deploy/users.sql`)
      .map((file) => ({
        ...{ file, level: "warning", rule: "applied-migration", message },
      })),
  );
});

test("an edited script whose former text the project takes for applied is none", async () => {
  const users = { [`${sqitch}/deploy/users.sql`]: `${limits}CREATE TABLE IF NOT EXISTS users (id bigint);\n` };
  const superseded = createHash("sha1").update("DROP TABLE users;\n").digest("hex");
  await commit({ ...users, [`${sqitch}/superseded.sha1`]: `${superseded}  deploy/others.sql\n` });
  expect((await migrationFindings("main", project)).map(({ rule }) => rule)).toEqual(["applied-migration"]);
  await commit({ [`${sqitch}/superseded.sha1`]: `${superseded}  deploy/users.sql\n` });
  expect(await migrationFindings("main", project)).toEqual([]);
});

test("a deleted script of an applied change is told, and not looked for by squawk", async () => {
  await git("rm", "--quiet", "app/migrations/V1__first.sql");
  await git("commit", "--quiet", "--message", "Remove");
  expect((await migrationFindings("main", project)).map(({ file, rule }) => [file, rule])).toEqual([
    ["app/migrations/V1__first.sql", "applied-migration"],
  ]);
});

test("a fault of the plan is found with the line of its change", async () => {
  await commit(plan("users", "orders"));
  expect(await migrationFindings("main", project)).toEqual([
    {
      file: `${sqitch}/sqitch.plan`,
      line: 3,
      level: "error",
      rule: "sqitch-plan",
      message: `the change "orders" has no script ${sqitch}/deploy/orders.sql: create it`,
    },
  ]);
});

test("a base that git does not know is refused, with git's reason", async () => {
  await expect(migrationFindings("nowhere", project)).rejects.toThrow(
    "--base nowhere: git does not know it, or has not fetched the commits up to it: fatal: ",
  );
});
