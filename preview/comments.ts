/** Comments of a pull request, through GitHub's REST API. */
import { Repository, type RepositoryArgs } from "../github/api";

/** Comment as the API has it. */
export interface PullRequestComment {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly login: string } | null;
  /** Address for people. */
  readonly html_url: string;
}

export interface CommentsArgs extends RepositoryArgs {
  readonly pullRequest: number;
}

export class Comments {
  private readonly repository: Repository;
  private readonly path: string;

  constructor({ pullRequest, ...args }: CommentsArgs) {
    this.repository = new Repository(args, "pull-requests: write");
    this.path = `issues/${pullRequest}/comments`;
  }

  /** Finds the oldest comment that is wanted. Undefined if there is none. */
  find(isWanted: (comment: PullRequestComment) => boolean): Promise<PullRequestComment | undefined> {
    return this.repository.find(this.path, isWanted);
  }

  /** Creates a comment, and returns its address. */
  async create(body: string): Promise<string> {
    return (await this.repository.ask<PullRequestComment>("POST", this.path, { body })).html_url;
  }

  /** Gives a comment another text, and returns its address. */
  async update(id: number, body: string): Promise<string> {
    const path = `issues/comments/${id}`;
    return (await this.repository.ask<PullRequestComment>("PATCH", path, { body })).html_url;
  }
}
