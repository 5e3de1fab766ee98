/** Server of the live page: on this machine only, for those who have its token, and only to be read. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { style as runbookStyle } from "../../runbook/render/style";
import { script } from "./html";
import type { Live } from "./live";
import { style } from "./style";

const address = "127.0.0.1";

// Nothing is fetched but what this server has, and nothing else may frame or receive it.
const policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A runbook has its style sheet within it. */
const styleHash = `sha256-${createHash("sha256").update(`\n${runbookStyle}\n`).digest("base64")}`;

const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": `${policy}; script-src 'self'; style-src 'self'; connect-src 'self'`,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export class PageServer {
  private readonly token = randomBytes(32).toString("base64url");
  private readonly server: Server;

  /** @param runbook renders the runbook of a system. Undefined if there is none */
  constructor(
    private readonly live: Live,
    private readonly runbook: (system: string) => Promise<string | undefined>,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /**
   * Starts listening, and returns the URL with its token.
   * @param port 0 for a free one
   * @throws Error if the port is taken
   */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "EADDRINUSE"
            ? new Error(`port ${port} is taken: choose another --port, or leave it out`)
            : error,
        ),
      );
      this.server.listen(port, address, resolve);
    });
    return `http://${address}:${this.port}/?token=${this.token}`;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.live.close();
    const closed = new Promise((resolve) => this.server.close(resolve));
    // A reader that takes nothing any more would keep it open.
    this.server.closeAllConnections();
    await closed;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cookies do not know ports: each server has its own. */
  private get cookie(): string {
    return `runsheet-watch-${this.port}`;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // A name that leads to this machine (DNS rebinding) would make a foreign page ours.
    if (!this.isOurs(request.headers.host)) return end(response, 403, "This page is for 127.0.0.1 only.");
    if (request.method !== "GET") {
      response.setHeader("Allow", "GET");
      return end(response, 405, "This page can only be read.");
    }
    const asked = urlOf(request.url);
    if (!asked) return end(response, 400, "This is no path.");
    const { pathname, searchParams } = asked;
    const token = searchParams.get("token");
    if (pathname === "/" && token !== null && this.isToken(token)) {
      // From here on the token is in no address, so that none is in a history or a screenshot.
      const cookie = `${this.cookie}=${this.token}; Path=/; HttpOnly; SameSite=Strict`;
      response.writeHead(303, { Location: "/", "Set-Cookie": cookie }).end();
      return;
    }
    if (!this.isToken(cookieIn(request, this.cookie)))
      return end(response, 403, "Open the address that npm run watch has printed: it has the token.");
    this.serve(pathname, response).catch((error: Error) => end(response, 500, error.message));
  }

  private async serve(path: string, response: ServerResponse): Promise<void> {
    const [, system] = /^\/runbook\/([\w-]+)$/.exec(path) ?? [];
    const runbook = system === undefined ? undefined : await this.runbook(system);
    if (runbook !== undefined) {
      response.setHeader("Content-Security-Policy", `${policy}; style-src '${styleHash}'`);
      return end(response, 200, runbook, "text/html");
    }
    if (path === "/") return end(response, 200, this.live.html(), "text/html");
    if (path === "/watch.css") return end(response, 200, style, "text/css");
    if (path === "/watch.js") return end(response, 200, script(), "text/javascript");
    if (path === "/events") return this.live.add(response);
    end(response, 404, "There is no such page.");
  }

  private isOurs(host: string | undefined): boolean {
    return host === `${address}:${this.port}` || host === `localhost:${this.port}`;
  }

  private isToken(given: string | undefined): boolean {
    return given !== undefined && timingSafeEqual(hash(given), hash(this.token));
  }
}

/** Undefined for what is no URL: whoever may not see the page can send that, too. */
function urlOf(path = "/"): URL | undefined {
  try {
    return new URL(path, `http://${address}`);
  } catch {
    return undefined;
  }
}

const hash = (text: string) => createHash("sha256").update(text).digest();

const cookieIn = ({ headers: { cookie = "" } }: IncomingMessage, name: string): string | undefined =>
  cookie
    .split("; ")
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);

function end(response: ServerResponse, status: number, text: string, type = "text/plain"): void {
  response.writeHead(status, { "Content-Type": `${type}; charset=utf-8` }).end(text);
}
