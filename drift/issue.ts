/**
 * Keeps the issue about a stack's drift: opens one, or updates the open one; closes it when the drift is over; leaves it as it
 * is if nothing was compared.
 *
 *   node --require ./register.cjs drift/issue.ts STACK CODE FILE
 *
 * CODE is the exit code of `npm run drift`, FILE its output with `--format markdown`, which a search that could not begin has
 * not written. Reads the variables of GitHub Actions: GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_RUN_ID, and
 * GITHUB_TOKEN, which the workflow has to hand over. ISSUE_AUTHOR is the login of the token's issues. Default:
 * github-actions[bot].
 */
import { existsSync, readFileSync } from "node:fs";
import { Misuse } from "../command-line";
import { Repository } from "../github/api";
import { marker } from "./markdown";

type Environment = Readonly<Record<string, string | undefined>>;

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: unknown;
  /** Address for people. */
  readonly html_url: string;
}

const label = "drift";

/**
 * Opens, updates or closes the issue. Resolves to what was done, in a sentence.
 * @throws Misuse if an argument or a variable is missing, or the file is no report of this stack
 * @throws Error with GitHub's answer if it refuses
 */
export async function keepIssue(typed: readonly string[], environment: Environment): Promise<string> {
  const [stack, code, file] = typed;
  if (!stack || !code || !file || !/^[0-3]$/.test(code))
    throw new Misuse("expected a stack, the exit code of npm run drift, and its output with --format markdown");
  if (code === "3") return `Nothing of the stack ${stack} was compared: its issue stays as it is.`;
  const [repository, token] = ["GITHUB_REPOSITORY", "GITHUB_TOKEN"].map((name) => {
    const value = environment[name];
    if (!value) throw new Misuse(`${name} is not set: the issue is kept by a workflow of GitHub Actions`);
    return value;
  }) as [string, string];
  const body = code === "0" ? "" : bodyFrom(file, stack, code, environment);
  const { GITHUB_API_URL: api = "https://api.github.com", ISSUE_AUTHOR: author = "github-actions[bot]" } = environment;
  const github = new Repository({ api, repository, token }, "issues: write");
  const isOurs = ({ user, body, pull_request }: Issue) =>
    !pull_request && user?.login === author && (body ?? "").startsWith(marker(stack));
  const there = await github.find<Issue>(`issues?state=open&labels=${label}`, isOurs);
  if (code === "0") {
    if (!there) return `The stack ${stack} has no drift, and no open issue.`;
    await github.ask("POST", `issues/${there.number}/comments`, { body: "The drift is over." });
    await github.ask("PATCH", `issues/${there.number}`, { state: "closed", state_reason: "completed" });
    return `The drift is over: ${there.html_url} is closed.`;
  }
  const title = code === "1" ? `Drift of the stack ${stack}` : `The search for drift of the stack ${stack} failed`;
  if (there) {
    if (there.title === title && there.body?.trim() === body.trim()) return `${there.html_url} says the same already.`;
    await github.ask("PATCH", `issues/${there.number}`, { title, body });
    return `${there.html_url} is updated.`;
  }
  const made = await github.ask<Issue>("POST", "issues", { title, body, labels: [label] });
  return `${made.html_url} is new.`;
}

/** Text of the issue. It begins with the stack's marker, or the next run would open another one. */
function bodyFrom(file: string, stack: string, code: string, environment: Environment): string {
  if (code === "2" && !existsSync(file)) return `${marker(stack)}\n${notBegun}${runOf(environment)}\n`;
  if (!existsSync(file))
    throw new Misuse(`${file} is not there: it is the output of npm run drift -- --format markdown`);
  const body = readFileSync(file, "utf8");
  if (!body.startsWith(marker(stack)))
    throw new Misuse(
      `${file} does not begin with the marker of the stack ${stack}: make it with --stack ${stack} --format markdown`,
    );
  return body;
}

const notBegun = "The search could not begin, so that nobody knows whether there is drift. The job's log says why";

function runOf({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run }: Environment): string {
  return server && run ? `: ${server}/${repository}/actions/runs/${run}` : ".";
}

if (require.main === module)
  keepIssue(process.argv.slice(2), process.env)
    .then((done) => console.log(done))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof Misuse ? 2 : 1;
    });
