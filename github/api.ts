/** GitHub's REST API, for one repository. */

export interface RepositoryArgs {
  /** URL of the API, without a slash at its end. */
  readonly api: string;
  /** OWNER/NAME. */
  readonly repository: string;
  readonly token: string;
}

/** Most characters of a text, in an issue as in a comment. */
export const textLimit = 65_536;

/** Most items that a page has. */
const pageSize = 100;
const timeoutMilliseconds = 30_000;

export class Repository {
  /** @param permission permission of a job that the error names where GitHub refuses, such as `issues: write` */
  constructor(
    private readonly args: RepositoryArgs,
    private readonly permission: string,
  ) {}

  /** Finds the first item of a list that is wanted, on any page. Undefined if there is none. */
  async find<Item>(path: string, isWanted: (item: Item) => boolean): Promise<Item | undefined> {
    for (let page = 1; ; page++) {
      const query = `${path.includes("?") ? "&" : "?"}per_page=${pageSize}&page=${page}`;
      const items = await this.ask<Item[]>("GET", `${path}${query}`);
      const found = items.find(isWanted);
      if (found || items.length < pageSize) return found;
    }
  }

  /**
   * Asks the API.
   * @param path path under the repository, such as `issues`
   * @throws Error with GitHub's reason, and what to do about it
   */
  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
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
      `${method} ${url} was answered with ${response.status}: ${await reason(response)}${this.remedy(response)}`,
    );
  }

  private remedy({ status, headers }: Response): string {
    // GitHub refuses with 403, too, who has asked too much.
    if (status === 429 || headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0")
      return "; run it again later";
    if (status === 401) return "; GITHUB_TOKEN is not valid";
    if (status === 403 || status === 404) return `; give the job the permission ${this.permission}`;
    return "";
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
