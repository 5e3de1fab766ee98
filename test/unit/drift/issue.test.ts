/** Issue about a stack's drift, against a server that speaks GitHub's REST API. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Misuse } from "../../../command-line";
import { keepIssue } from "../../../drift/issue";
import { marker } from "../../../drift/markdown";
import { freePort } from "../../support/free-port";
import { GitHubServer, token } from "../../support/github-server";

interface Stored {
  readonly number: number;
  readonly user: { readonly login: string } | null;
  readonly html_url: string;
  readonly labels: readonly string[];
  readonly pull_request?: object;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly state_reason?: string;
}

const directory = mkdtempSync(join(tmpdir(), "runsheet-issue-"));
const file = join(directory, "drift.md");
const report = `${marker("staging")}\n### Drift of the stack staging: 1 changed.\n`;
let stored: Stored[];
let comments: string[];

/** Adds an issue. */
function add(changes: Partial<Stored>): Stored {
  const number = stored.length + 1;
  const user = { login: "github-actions[bot]" };
  const usual = { title: "Drift of the stack staging", body: report, state: "open", labels: ["drift"] };
  const made: Stored = { number, user, html_url: `https://github.invalid/issues/${number}`, ...usual, ...changes };
  stored.push(made);
  return made;
}

const github = new GitHubServer((method, path, body, search) => {
  if (method === "GET" && path === "issues") {
    const isAsked = ({ state, labels }: Stored) =>
      state === search.get("state") && labels.includes(search.get("labels")!);
    return { status: 200, body: stored.filter(isAsked) };
  }
  if (method === "POST" && path === "issues") return { status: 201, body: add(body) };
  const [, number, below] = /^issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
  const one = stored.find((each) => String(each.number) === number);
  if (method === "PATCH" && one && !below) return { status: 200, body: Object.assign(one, body) };
  if (method !== "POST" || !one || !below) return undefined;
  comments.push(`${number}: ${String(body.body)}`);
  return { status: 201, body: {} };
});

beforeAll(() => github.start());
beforeEach(() => {
  [stored, comments] = [[], []];
  Object.assign(github, { asked: [], broken: undefined });
  writeFileSync(file, report);
});
afterAll(() => {
  github.stop();
  rmSync(directory, { recursive: true });
});

const environment = (changes: Readonly<Record<string, string | undefined>> = {}) => ({
  ...{ GITHUB_REPOSITORY: "team/app", GITHUB_TOKEN: token, GITHUB_API_URL: github.api },
  ...changes,
});
const keep = (code: string, changes: Readonly<Record<string, string | undefined>> = {}, path = file) =>
  keepIssue(["staging", code, path], environment(changes));

test("the first drift of a stack is a new issue with the label", async () => {
  add({ body: `${marker("production")}\n### Other` });
  expect(await keep("1")).toBe("https://github.invalid/issues/2 is new.");
  expect(stored[1]).toMatchObject({ title: "Drift of the stack staging", body: report, labels: ["drift"] });
});

test("another drift takes the place of what the open issue says", async () => {
  add({ body: `${marker("staging")}\n### Old` });
  expect(await keep("1")).toBe("https://github.invalid/issues/1 is updated.");
  expect(stored.map(({ body }) => body)).toEqual([report]);
  expect(comments).toEqual([]);
});

test("the same drift writes nothing, so that the issue's history is that of the drift", async () => {
  add({ body: report.trim() });
  expect(await keep("1")).toBe("https://github.invalid/issues/1 says the same already.");
  expect(github.asked).toEqual(["GET /repos/team/app/issues?state=open&labels=drift&per_page=100&page=1"]);
});

test("without drift the issue is closed, with a sentence", async () => {
  add({});
  expect(await keep("0")).toBe("The drift is over: https://github.invalid/issues/1 is closed.");
  expect(stored[0]).toMatchObject({ state: "closed", state_reason: "completed", body: report });
  expect(comments).toEqual(["1: The drift is over."]);
});

test("without drift and without an open issue nothing is written", async () => {
  add({ state: "closed" });
  expect(await keep("0", {}, join(directory, "no-such-file"))).toBe(
    "The stack staging has no drift, and no open issue.",
  );
  expect(github.asked).toHaveLength(1);
});

test("drift after a closed issue is a new one", async () => {
  add({ state: "closed" });
  expect(await keep("1")).toBe("https://github.invalid/issues/2 is new.");
});

test("a search that failed changes the title, until one does not fail", async () => {
  add({});
  const failed = `${marker("staging")}\n### Not all of the stack staging could be searched for drift; none was found.\n`;
  writeFileSync(file, failed);
  await keep("2");
  expect(stored[0]).toMatchObject({ title: "The search for drift of the stack staging failed", body: failed });
  writeFileSync(file, report);
  await keep("1");
  expect(stored[0]).toMatchObject({ title: "Drift of the stack staging", body: report });
});

test("beside an update the issue stays as it is, and GitHub is not asked", async () => {
  add({});
  expect(await keep("3")).toBe("Nothing of the stack staging was compared: its issue stays as it is.");
  expect(github.asked).toEqual([]);
});

test("a search that could not begin has no report, and the issue leads to its log", async () => {
  const run = { GITHUB_SERVER_URL: "https://github.invalid", GITHUB_RUN_ID: "42" };
  const none = join(directory, "none.md");
  const text = "The search could not begin, so that nobody knows whether there is drift. The job's log says why";
  await keep("2", run, none);
  expect(stored[0]!.body).toBe(`${marker("staging")}\n${text}: https://github.invalid/team/app/actions/runs/42\n`);
  await keep("2", {}, none);
  expect(stored).toHaveLength(1);
  expect(stored[0]!.body).toBe(`${marker("staging")}\n${text}.\n`);
});

test.each([
  ["another author's", { user: { login: "somebody" } }],
  ["a deleted account's", { user: null }],
  ["a pull request", { pull_request: {} }],
  ["one without a text", { body: null }],
  ["another stack's whose name begins the same", { body: `${marker("staging-2")}\n` }],
])("%s is left alone", async (_, changes) => {
  add(changes);
  expect(await keep("1")).toBe("https://github.invalid/issues/2 is new.");
});

test("the author of another token's issues can be named", async () => {
  add({ user: { login: "team-bot" }, body: marker("staging") });
  expect(await keep("1", { ISSUE_AUTHOR: "team-bot" })).toBe("https://github.invalid/issues/1 is updated.");
});

test("the issue is found on a later page", async () => {
  for (let index = 0; index < 100; index++) add({ user: { login: "somebody" } });
  add({ body: marker("staging") });
  expect(await keep("1")).toBe("https://github.invalid/issues/101 is updated.");
});

const list = () => `GET ${github.api}/repos/team/app/issues?state=open&labels=drift&per_page=100&page=1`;

test.each([
  [401, "Bad credentials", "; GITHUB_TOKEN is not valid"],
  [403, "Resource not accessible", "; give the job the permission issues: write"],
  [404, "Not Found", "; give the job the permission issues: write"],
  [410, "Issues are disabled for this repo", ""],
])("an answer with %d is an error with GitHub's message and the way out", async (status, message, remedy) => {
  github.broken = { status, body: JSON.stringify({ message }) };
  await expect(keep("1")).rejects.toThrow(new Error(`${list()} was answered with ${status}: ${message}${remedy}`));
});

test("no error shows the token", async () => {
  const error = (await keep("1", { GITHUB_TOKEN: "wrong-token" }).catch((refused: Error) => refused)) as Error;
  expect(error.message).toContain("Bad credentials");
  expect(error.message).not.toContain("wrong-token");
});

test("a server that is not there is an error that names the address", async () => {
  const api = `http://127.0.0.1:${await freePort()}`;
  await expect(keep("1", { GITHUB_API_URL: api })).rejects.toThrow(`${api}/repos/team/app/issues?`);
});

const expected = "expected a stack, the exit code of npm run drift, and its output with --format markdown";

test.each([[[]], [["staging"]], [["staging", "1"]], [["staging", "4", file]], [["staging", "", file]]])(
  "the arguments %j are refused",
  async (typed) => {
    await expect(keepIssue(typed, environment())).rejects.toThrow(new Misuse(expected));
    expect(github.asked).toEqual([]);
  },
);

test.each(["GITHUB_REPOSITORY", "GITHUB_TOKEN"])("without %s nothing is asked", async (name) => {
  const message = `${name} is not set: the issue is kept by a workflow of GitHub Actions`;
  await expect(keep("1", { [name]: "" })).rejects.toThrow(new Misuse(message));
  expect(github.asked).toEqual([]);
});

test("a missing report, or another stack's, is refused before anything is asked", async () => {
  const none = join(directory, "none.md");
  await expect(keep("1", {}, none)).rejects.toThrow(
    new Misuse(`${none} is not there: it is the output of npm run drift -- --format markdown`),
  );
  writeFileSync(file, marker("production"));
  await expect(keep("1")).rejects.toThrow(
    new Misuse(
      `${file} does not begin with the marker of the stack staging: make it with --stack staging --format markdown`,
    ),
  );
  expect(github.asked).toEqual([]);
});

test("the command says what it did, and ends with 2 if it is called wrongly", async () => {
  const root = join(__dirname, "../../..");
  const run = (...typed: string[]) =>
    promisify(execFile)("node", ["--require", "./register.cjs", "drift/issue.ts", ...typed], {
      cwd: root,
      env: { ...process.env, ...environment() },
    });
  expect((await run("staging", "1", file)).stdout).toBe("https://github.invalid/issues/1 is new.\n");
  await expect(run("staging")).rejects.toMatchObject({ code: 2, stderr: `${expected}\n` });
  github.broken = { status: 500, body: "no JSON" };
  await expect(run("staging", "1", file)).rejects.toMatchObject({
    code: 1,
    stderr: `${list()} was answered with 500: no JSON\n`,
  });
});
