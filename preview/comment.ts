/**
 * Puts a preview into its comment on a pull request: the one that begins with the same marker, or a new one.
 *
 *   node --require ./register.cjs preview/comment.ts FILE
 *
 * Reads the variables of GitHub Actions: GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_API_URL, and GITHUB_TOKEN, which the
 * workflow has to hand over. COMMENT_AUTHOR is the login of the token's comments. Default: github-actions[bot].
 */
import { readFileSync } from "node:fs";
import { Misuse } from "../command-line";
import { textLimit } from "../github/api";
import { Comments } from "./comments";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Creates or updates the comment, and returns its address.
 * @throws Misuse if a variable is missing, the event is not of a pull request, or the file is no preview
 * @throws Error with GitHub's answer if it refuses
 */
export async function comment(file: string | undefined, environment: Environment): Promise<string> {
  if (file === undefined) throw new Misuse("expected a file: the output of npm run preview -- --format markdown");
  const body = readFileSync(file, "utf8");
  const mark = /^<!-- runsheet-preview: [^>]* -->/.exec(body)?.[0];
  if (mark === undefined)
    throw new Misuse(`${file} does not begin with the marker of a preview: make it with --format markdown`);
  if (body.length > textLimit)
    throw new Misuse(`${file} has ${body.length} characters, and a comment has at most ${textLimit}`);
  const [event, repository, token] = ["GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN"].map((name) => {
    const value = environment[name];
    if (!value) throw new Misuse(`${name} is not set: the comment is made in a workflow of GitHub Actions`);
    return value;
  }) as [string, string, string];
  const comments = new Comments({
    api: environment.GITHUB_API_URL ?? "https://api.github.com",
    ...{ repository, token, pullRequest: pullRequestOf(event) },
  });
  const author = environment.COMMENT_AUTHOR ?? "github-actions[bot]";
  const there = await comments.find(({ user, body: text }) => user?.login === author && (text ?? "").startsWith(mark));
  return there === undefined ? comments.create(body) : comments.update(there.id, body);
}

function pullRequestOf(event: string): number {
  const { pull_request: pullRequest } = JSON.parse(readFileSync(event, "utf8")) as {
    pull_request?: { number: number };
  };
  if (!pullRequest) throw new Misuse("the workflow's event is not that of a pull request, which a comment needs");
  return pullRequest.number;
}

if (require.main === module)
  comment(process.argv[2], process.env)
    .then((address) => console.log(`The preview is in ${address}`))
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof Misuse ? 2 : 1;
    });
