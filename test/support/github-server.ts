/** Server that speaks GitHub's REST API for the repository team/app. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const token = "token-of-the-test";

/** Answers a request below the repository's path. A list is given in whole: the server has the pages. */
export type Route = (
  method: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
  search: URLSearchParams,
) => { readonly status: number; readonly body: unknown } | undefined;

export class GitHubServer {
  /** Methods and paths of all requests. */
  asked: string[] = [];
  /** Answer in the place of the usual one. */
  broken:
    { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> } | undefined;
  private readonly server: Server;

  /** @param route undefined is answered with 404 */
  constructor(private readonly route: Route) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server.close();
  }

  /** Address of the API. */
  get api(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    this.asked.push(`${method} ${url}`);
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (this.broken)
      return void response.writeHead(this.broken.status, { ...this.broken.headers }).end(this.broken.body);
    if (request.headers.authorization !== `Bearer ${token}`) return void send(401, { message: "Bad credentials" });
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { pathname, searchParams } = new URL(url, this.api);
    const sent = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    const [, path] = /^\/repos\/team\/app\/(.+)$/.exec(pathname) ?? [];
    const answer = path === undefined ? undefined : this.route(method, path, sent, searchParams);
    if (!answer) return void send(404, { message: "Not Found" });
    const [size, page] = ["per_page", "page"].map((name) => Number(searchParams.get(name))) as [number, number];
    const { status, body } = answer;
    send(status, Array.isArray(body) ? body.slice((page - 1) * size, page * size) : body);
  }
}
