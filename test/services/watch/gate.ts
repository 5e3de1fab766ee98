/** Proxy in front of Prometheus that asks for a token, and can be told not to let anything through. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../test-authority";

export class Gate {
  /** Token that requests must have. Undefined for none. */
  token: string | undefined;
  /** Status of all answers. Undefined if requests are passed on. */
  status: number | undefined;

  /** True if an answer of that status repeats the request's login, as some proxies' error pages do. */
  repeats = false;

  private constructor(
    private readonly to: string,
    private readonly protocol: "http" | "https",
    private readonly server: Server,
  ) {}

  /** @param certificate certificate for HTTPS. Default: HTTP */
  static async start(to: string, certificate?: Certificate): Promise<Gate> {
    const server = certificate ? createSecureServer(certificate) : createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const gate = new Gate(to, certificate ? "https" : "http", server);
    server.on("request", (request, response) => {
      const isKnown = gate.token === undefined || request.headers.authorization === `Bearer ${gate.token}`;
      const status = gate.status ?? (isKnown ? undefined : 401);
      if (status !== undefined)
        return void response.writeHead(status).end(gate.repeats ? request.headers.authorization : "not now");
      void fetch(`${gate.to}${request.url}`).then(async (answer) =>
        response.writeHead(answer.status).end(await answer.text()),
      );
    });
    return gate;
  }

  get url(): string {
    return `${this.protocol}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
