/** Comment on a pull request, against a server that speaks GitHub's REST API. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { comment } from "../../../preview/comment";
import { Misuse } from "../../../command-line";
import { textLimit } from "../../../github/api";
import { marker, previewLimit } from "../../../preview/markdown";
import { freePort } from "../../support/free-port";
import { GitHubServer, token } from "../../support/github-server";

interface Stored {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string } | null;
  readonly html_url: string;
}

const directory = mkdtempSync(join(tmpdir(), "runsheet-comment-"));
const file = join(directory, "preview.md");
const event = join(directory, "event.json");
const ours = `${marker("staging")}\n### New\n\nOf the commit 0a1b2c.\n`;
let stored: Stored[];

/** Adds a comment. */
function add(body: string, login: string | undefined = "github-actions[bot]"): Stored {
  const id = stored.length + 1;
  const made = { id, body, user: login ? { login } : null, html_url: `https://github.invalid/comments/${id}` };
  stored.push(made);
  return made;
}

const list = "issues/7/comments";
const github = new GitHubServer((method, path, { body }) => {
  if (method === "GET" && path === list) return { status: 200, body: stored };
  if (method === "POST" && path === list) return { status: 201, body: add(body as string) };
  const one = stored.find(({ id }) => path === `issues/comments/${id}`);
  return method === "PATCH" && one ? { status: 200, body: Object.assign(one, { body }) } : undefined;
});

beforeAll(() => github.start());
beforeEach(() => {
  stored = [];
  Object.assign(github, { asked: [], broken: undefined });
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha: "0a1b2c" } } }));
  writeFileSync(file, `${marker("staging")}\n### New\n`);
});
afterAll(() => {
  github.stop();
  rmSync(directory, { recursive: true });
});

const run = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  comment(["staging", file], {
    ...{ GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: "team/app", GITHUB_TOKEN: token, GITHUB_API_URL: github.api },
    ...changes,
  });

test("the first preview of a stack is a new comment", async () => {
  add(`${marker("production")}\n### Other`);
  expect(await run()).toBe("https://github.invalid/comments/2");
  expect(stored.map(({ body }) => body)).toEqual([`${marker("production")}\n### Other`, ours]);
});

test("a later one takes the place of the earlier one, and makes no further comment", async () => {
  add("A comment of a person", "somebody");
  add(`${marker("staging")}\n### Old`);
  expect(await run()).toBe("https://github.invalid/comments/2");
  expect(stored.map(({ body }) => body)).toEqual(["A comment of a person", ours]);
});

test("a comment of another author is left alone, whatever it begins with", async () => {
  add(`${marker("staging")}\nNot ours`, "somebody");
  add(`${marker("staging")}\nOf a deleted account`, "");
  expect(await run()).toBe("https://github.invalid/comments/3");
});

test("the author of another token's comments can be named", async () => {
  add(`${marker("staging")}\n### Old`, "team-bot");
  expect(await run({ COMMENT_AUTHOR: "team-bot" })).toBe("https://github.invalid/comments/1");
});

test("the comment is found on a later page, and no page is asked for in vain", async () => {
  for (let index = 0; index < 200; index++) add(`number ${index}`, "somebody");
  add(`${marker("staging")}\n### Old`);
  expect(await run()).toBe("https://github.invalid/comments/201");
  expect(github.asked).toEqual([
    ...[1, 2, 3].map((page) => `GET /repos/team/app/issues/7/comments?per_page=100&page=${page}`),
    "PATCH /repos/team/app/issues/comments/201",
  ]);
});

const refused = () => `GET ${github.api}/repos/team/app/${list}?per_page=100&page=1 was answered with`;

test.each([
  [401, { message: "Bad credentials" }, "401: Bad credentials; GITHUB_TOKEN is not valid"],
  [
    403,
    { message: "Resource not accessible by integration" },
    "403: Resource not accessible by integration; give the job the permission pull-requests: write",
  ],
  [502, "<html>Bad gateway</html>", '502: "<html>Bad gateway</html>"'],
])("an answer with %d is an error with GitHub's message and the way out", async (status, body, message) => {
  github.broken = { status, body: JSON.stringify(body) };
  await expect(run()).rejects.toThrow(new Error(`${refused()} ${message}`));
});

test.each([
  [403, { "x-ratelimit-remaining": "0" }],
  [403, { "retry-after": "60" }],
  [429, undefined],
])("who has asked too much (%d, %j) lacks no permission", async (status, headers) => {
  github.broken = { status, body: JSON.stringify({ message: "API rate limit exceeded" }), ...(headers && { headers }) };
  await expect(run()).rejects.toThrow(new Error(`${refused()} ${status}: API rate limit exceeded; run it again later`));
});

test("a server that is not there is an error that names the address", async () => {
  const port = await freePort();
  await expect(run({ GITHUB_API_URL: `http://127.0.0.1:${port}` })).rejects.toThrow(
    `GET http://127.0.0.1:${port}/repos/team/app/issues/7/comments?per_page=100&page=1: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

test("no error shows the token", async () => {
  const error = await run({ GITHUB_TOKEN: "wrong-token" }).catch((refused: Error) => refused);
  expect((error as Error).message).toContain("Bad credentials");
  expect((error as Error).message).not.toContain("wrong-token");
});

test.each([
  ["GITHUB_TOKEN", "GITHUB_TOKEN is not set: the comment is made in a workflow of GitHub Actions"],
  ["GITHUB_EVENT_PATH", "GITHUB_EVENT_PATH is not set: the comment is made in a workflow of GitHub Actions"],
])("without %s nothing is asked", async (name, message) => {
  await expect(run({ [name]: "" })).rejects.toThrow(new Misuse(message));
  expect(github.asked).toEqual([]);
});

test("an event that is not of a pull request is refused", async () => {
  writeFileSync(event, "{}");
  await expect(run()).rejects.toThrow("the workflow's event is not that of a pull request, which a comment needs");
});

test("a file that is no preview of the stack, or too long for a comment, is refused", async () => {
  await expect(comment([], {})).rejects.toThrow(
    "expected a stack and a file: the output of npm run preview -- --format markdown",
  );
  const other = `${file} does not begin with the marker of the stack staging: make it with --stack staging --format markdown`;
  for (const text of ["### Anything", marker("production")]) {
    writeFileSync(file, text);
    await expect(run()).rejects.toThrow(other);
  }
  writeFileSync(file, marker("staging").padEnd(textLimit, "x"));
  await expect(run()).rejects.toThrow(`${file} makes 65559 characters, and a comment has at most 65536`);
});

test("the longest preview and its commit are a comment", async () => {
  const sha = "0".repeat(40);
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha } } }));
  writeFileSync(file, marker("staging").padEnd(previewLimit, "x"));
  await run();
  expect(stored[0]!.body.endsWith(`x\nOf the commit ${sha}.\n`)).toBe(true);
});

test("a preview that could not begin takes the place of the one of an earlier commit", async () => {
  add(`${marker("staging")}\n### Old`);
  rmSync(file);
  const job = { GITHUB_SERVER_URL: "https://github.invalid", GITHUB_RUN_ID: "42" };
  expect(await run(job)).toBe("https://github.invalid/comments/1");
  expect(stored.map(({ body }) => body)).toEqual([
    `${marker("staging")}
### The preview of the stack staging could not begin

What the change would do is not known. The job's log says why: https://github.invalid/team/app/actions/runs/42

Of the commit 0a1b2c.
`,
  ]);
});
