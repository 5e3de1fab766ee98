/** Comments of a pull request, through GitHub's REST API. */

/** Comment as the API has it. */
export interface PullRequestComment {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly login: string } | null;
  /** Address for people. */
  readonly html_url: string;
}

export interface CommentsArgs {
  /** URL of the API, without a slash at its end. */
  readonly api: string;
  /** OWNER/NAME. */
  readonly repository: string;
  readonly pullRequest: number;
  /** Token that may write to pull requests. */
  readonly token: string;
}

/** Most comments that a page has. */
const pageSize = 100;
const timeoutMilliseconds = 30_000;

export class Comments {
  constructor(private readonly args: CommentsArgs) {}

  /** Finds the oldest comment that is wanted, on any page. Undefined if there is none. */
  async find(isWanted: (comment: PullRequestComment) => boolean): Promise<PullRequestComment | undefined> {
    for (let page = 1; ; page++) {
      const path = `issues/${this.args.pullRequest}/comments?per_page=${pageSize}&page=${page}`;
      const comments = await this.ask<PullRequestComment[]>("GET", path);
      const found = comments.find(isWanted);
      if (found || comments.length < pageSize) return found;
    }
  }

  /** Creates a comment, and returns its address. */
  async create(body: string): Promise<string> {
    const path = `issues/${this.args.pullRequest}/comments`;
    return (await this.ask<PullRequestComment>("POST", path, { body })).html_url;
  }

  /** Gives a comment another text, and returns its address. */
  async update(id: number, body: string): Promise<string> {
    return (await this.ask<PullRequestComment>("PATCH", `issues/comments/${id}`, { body })).html_url;
  }

  private async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const { api, repository, token } = this.args;
    const url = `${api}/repos/${repository}/${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        Accept: "application/vnd.github+json",
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "X-GitHub-Api-Version": "2022-11-28",
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    }).catch((error: unknown) => {
      const { message, cause } = error as Error;
      throw new Error(`${method} ${url}: ${(cause as Error | undefined)?.message ?? message}`, { cause: error });
    });
    if (response.ok) return (await response.json()) as Answer;
    throw new Error(
      `${method} ${url} was answered with ${response.status}: ${await reason(response)}${remedy(response)}`,
    );
  }
}

/** Message of the API, or the beginning of an answer that is none of the API's. */
async function reason(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}

function remedy({ status }: Response): string {
  if (status === 401) return "; GITHUB_TOKEN is not valid";
  if (status === 403 || status === 404) return "; give the job the permission pull-requests: write";
  return "";
}
