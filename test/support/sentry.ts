/** Receiver of Sentry's envelope endpoint, for one project and one key. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Envelope that was taken: its headers, and those of its only item, and the item. */
export interface Envelope {
  readonly header: Readonly<Record<string, unknown>>;
  readonly item: Readonly<Record<string, unknown>>;
  readonly event: Readonly<Record<string, unknown>>;
}

export class SentryReceiver {
  readonly taken: Envelope[] = [];
  /** Statuses of the next answers, before it takes anything. */
  refusals: number[] = [];
  readonly key = "0123456789abcdef0123456789abcdef";

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SentryReceiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new SentryReceiver(server);
    server.on("request", (request, response) => {
      void receiver.answer(request).then(([status, body, headers]) => {
        response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
      });
    });
    return receiver;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Address of the project 42, behind a path, as a Sentry of one's own may have it. */
  dsn(key = this.key, project = "42"): string {
    return `http://${key}@${this.host}/sentry/${project}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<[number, object, object?]> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const refusal = this.refusals.shift();
    if (refusal === 429) return [429, { detail: "event rejected due to rate limit" }, { "Retry-After": "60" }];
    if (refusal !== undefined) return [refusal, { detail: `refused with ${refusal}` }];
    if (request.method !== "POST" || request.url !== "/sentry/api/42/envelope/") return [404, { detail: "no project" }];
    const authorization = String(request.headers["x-sentry-auth"]);
    const [, key] = /^Sentry sentry_version=7, sentry_client=\S+, sentry_key=(\S+)$/.exec(authorization) ?? [];
    if (key === undefined) return [401, { detail: "missing authorization information" }];
    // A careless server may repeat what it was sent.
    if (key !== this.key) return [403, { detail: `bad sentry DSN public key ${key}` }];
    const [header, item, event] = text.split("\n") as [string, string, string];
    const { length } = JSON.parse(item) as { length: number };
    if (Buffer.byteLength(event) !== length) return [400, { detail: "invalid event envelope" }];
    const [head, about, what] = [header, item, event].map((each) => JSON.parse(each) as Envelope["event"]);
    const envelope: Envelope = { header: head!, item: about!, event: what! };
    this.taken.push(envelope);
    return [200, { id: envelope.header.event_id }];
  }
}
