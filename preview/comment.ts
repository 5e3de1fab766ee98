/**
 * Puts a preview into its comment on a pull request: the one that begins with the same marker, or a new one.
 *
 *   node --require ./register.cjs preview/comment.ts STACK FILE
 *
 * FILE is the output of `npm run preview` with `--format markdown`, which a preview that could not begin has not written.
 * Reads the variables of GitHub Actions: GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_SERVER_URL,
 * GITHUB_RUN_ID, and GITHUB_TOKEN, which the workflow has to hand over. COMMENT_AUTHOR is the login of the token's comments.
 * Default: github-actions[bot].
 */
import { existsSync, readFileSync } from "node:fs";
import { Misuse } from "../command-line";
import { textLimit } from "../github/api";
import { Comments } from "./comments";
import { marker } from "./markdown";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Creates or updates the comment, which ends with the commit that it is about, and returns its address.
 * @throws Misuse if an argument or a variable is missing, the event is not of a pull request, or the file is no preview of
 *   the stack
 * @throws Error with GitHub's answer if it refuses
 */
export async function comment([stack, file]: readonly string[], environment: Environment): Promise<string> {
  if (!stack || !file)
    throw new Misuse("expected a stack and a file: the output of npm run preview -- --format markdown");
  const [event, repository, token] = ["GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN"].map((name) => {
    const value = environment[name];
    if (!value) throw new Misuse(`${name} is not set: the comment is made in a workflow of GitHub Actions`);
    return value;
  }) as [string, string, string];
  const { number: pullRequest, head } = pullRequestOf(event);
  const body = `${bodyFrom(file, stack, environment)}\nOf the commit ${head.sha}.\n`;
  if (body.length > textLimit)
    throw new Misuse(`${file} makes ${body.length} characters, and a comment has at most ${textLimit}`);
  const comments = new Comments({
    api: environment.GITHUB_API_URL ?? "https://api.github.com",
    ...{ repository, token, pullRequest },
  });
  const author = environment.COMMENT_AUTHOR ?? "github-actions[bot]";
  const there = await comments.find(
    ({ user, body: text }) => user?.login === author && (text ?? "").startsWith(marker(stack)),
  );
  return there === undefined ? comments.create(body) : comments.update(there.id, body);
}

/** Text of the preview. In the place of one that could not begin: else the one of an earlier commit would stand there. */
function bodyFrom(file: string, stack: string, environment: Environment): string {
  if (!existsSync(file))
    return `${marker(stack)}\n### The preview of the stack ${stack} could not begin\n\n${why(environment)}\n`;
  const body = readFileSync(file, "utf8");
  if (!body.startsWith(marker(stack)))
    throw new Misuse(
      `${file} does not begin with the marker of the stack ${stack}: make it with --stack ${stack} --format markdown`,
    );
  return body;
}

function why({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run }: Environment): string {
  const log = server && run ? `: ${server}/${repository}/actions/runs/${run}` : ".";
  return `What the change would do is not known. The job's log says why${log}`;
}

interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string };
}

function pullRequestOf(event: string): PullRequest {
  const { pull_request: pullRequest } = JSON.parse(readFileSync(event, "utf8")) as { pull_request?: PullRequest };
  if (!pullRequest) throw new Misuse("the workflow's event is not that of a pull request, which a comment needs");
  return pullRequest;
}

if (require.main === module)
  comment(process.argv.slice(2), process.env)
    .then((address) => console.log(`The preview is in ${address}`))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof Misuse ? 2 : 1;
    });
