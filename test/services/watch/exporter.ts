/** Exporter of a service's requests, whose share of errors and whose latency a test changes while it is scraped. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const tickMilliseconds = 50;
const perTick = 10;
const buckets = [0.1, 0.2, 0.4, 0.8];

export class Exporter {
  /** Share of the requests that fail, from 0 to 1. */
  errors = 0;
  /** Latency of all requests, in seconds. */
  latency = 0.15;
  /** True while there are requests. */
  busy = true;
  private total = 0;
  private failed = 0;
  private readonly counts = [...buckets, Infinity].map(() => 0);
  private readonly timer = setInterval(() => this.tick(), tickMilliseconds);

  private constructor(
    readonly namespace: string,
    private readonly server: Server,
  ) {}

  static async start(namespace: string): Promise<Exporter> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const exporter = new Exporter(namespace, server);
    server.on("request", (_, response) => response.end(exporter.exposition()));
    return exporter;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Lets so many requests fail at once, beside those that do not. */
  spike(requests: number): void {
    this.total += requests;
    this.failed += requests;
  }

  stop(): void {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
  }

  private tick(): void {
    if (!this.busy) return;
    this.total += perTick;
    this.failed += perTick * this.errors;
    [...buckets, Infinity].forEach((bound, index) => {
      if (this.latency <= bound) this.counts[index]! += perTick;
    });
  }

  private exposition(): string {
    return [
      `requests_total ${this.total}`,
      `errors_total ${this.failed}`,
      ...buckets.map((bound, index) => `latency_seconds_bucket{le="${bound}"} ${this.counts[index]}`),
      `latency_seconds_bucket{le="+Inf"} ${this.counts.at(-1)}`,
      "",
    ].join("\n");
  }
}
