/** Receivers of alerts: they take what Slack, PagerDuty and a mail server take, and keep it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SmtpSink } from "./smtp-sink";

/** Request that a receiver got. */
export interface Received {
  /** `/slack` or `/pagerduty`. */
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** Time of its arrival, in milliseconds of Unix time. */
  readonly at: number;
}

/** Mail with its head, and the time of its arrival in milliseconds of Unix time. */
export interface Mail {
  readonly text: string;
  readonly at: number;
}

export class AlertReceivers {
  /** Requests to PagerDuty and Slack, in their order. */
  readonly received: Received[] = [];
  /** Mails, in their order. */
  readonly mails: Mail[] = [];

  /**
   * @param url URL to which `/slack` and `/pagerduty` are added
   * @param smarthost HOST:PORT of the mail server
   */
  private constructor(
    readonly url: string,
    readonly smarthost: string,
    readonly stop: () => Promise<unknown>,
  ) {}
  /** Starts them on free ports of an address. */
  static async start(host: string): Promise<AlertReceivers> {
    const requests = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const received = { path: request.url!, body: JSON.parse(body) as Received["body"], at: Date.now() };
        receivers.received.push(received);
        response.writeHead(request.url === "/pagerduty" ? 202 : 200).end("ok");
      });
    });
    await new Promise<void>((resolve) => requests.listen(0, host, resolve));
    const smtp = await SmtpSink.start(host, (text) => receivers.mails.push({ text, at: Date.now() }));
    const stop = () => Promise.all([new Promise((resolve) => requests.close(resolve)), smtp.stop()]);
    const web = `http://${host}:${(requests.address() as AddressInfo).port}`;
    const receivers = new AlertReceivers(web, smtp.address, stop);
    return receivers;
  }
}
