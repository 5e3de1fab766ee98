/** Proxy in front of an object store. Injects faults into requests. */
import { once } from "node:events";
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Fault that is injected into requests. */
export interface Fault {
  /** Selects the requests that the fault affects. */
  readonly to: (method: string, url: string, headers: IncomingHttpHeaders) => boolean;
  /** Number of requests that the fault affects. Default: all. */
  readonly times?: number;
  /** Error response, sent instead of the store's. */
  readonly answer?: { readonly status: number; readonly code: string };
  /** Delay of the request, in milliseconds. */
  readonly delay?: number;
  /** Changes the body of the request. */
  readonly sent?: (bytes: Buffer) => Buffer;
  /** Changes the body of the response. */
  readonly body?: (bytes: Buffer) => Buffer;
}

/** Forwards a stream. With `change`, the whole body is collected, changed and then sent. */
function pass(from: Readable, to: Writable, change?: (bytes: Buffer) => Buffer): void {
  if (!change) return void from.pipe(to);
  const parts: Buffer[] = [];
  from.on("data", (part: Buffer) => parts.push(part));
  from.on("end", () => to.end(change(Buffer.concat(parts))));
}

interface Target {
  readonly host: string;
  readonly port: number;
}

export class FaultyProxy {
  /** Number of requests that the current fault has affected. */
  hits = 0;
  private fault: Fault | undefined;
  private readonly server: Server;

  private constructor(target: Target) {
    this.server = createServer((asked, answer) => void this.pass(target, asked, answer));
  }

  /** Starts a proxy in front of `target`. */
  static async before(target: Target): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Sets the fault for the next requests, and resets `hits`. Undefined ends the fault. */
  set(fault: Fault | undefined): void {
    this.fault = fault;
    this.hits = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async pass(target: Target, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const fault = this.happening(asked);
    if (fault?.delay) await sleep(fault.delay);
    if (fault?.answer) {
      asked.resume();
      answer.writeHead(fault.answer.status, { "content-type": "application/xml" });
      answer.end(
        `<?xml version="1.0"?><Error><Code>${fault.answer.code}</Code><Message>a test's fault</Message></Error>`,
      );
      return;
    }
    const { method, url: path, headers } = asked;
    const passed = request({ ...target, method, path, headers }, (stored) => {
      answer.writeHead(stored.statusCode!, stored.headers);
      pass(stored, answer, fault?.body);
    });
    passed.on("error", () => answer.destroy());
    pass(asked, passed, fault?.sent);
  }

  private happening({ method, url, headers }: IncomingMessage): Fault | undefined {
    const { fault } = this;
    if (!fault?.to(method!, url!, headers) || this.hits >= (fault.times ?? Infinity)) return undefined;
    this.hits++;
    return fault;
  }
}
