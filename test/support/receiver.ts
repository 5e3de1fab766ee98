/** Webhook receiver, at an address that pods and this machine reach. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostAddress } from "../../lab/cluster/addresses";

export interface Receiver {
  readonly url: string;
  /** Bodies of the requests that were answered with 200, in order. */
  readonly received: string[];
  /** Status code of the next responses. */
  answer: number;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (receiver.answer === 200) receiver.received.push(body);
      response.writeHead(receiver.answer).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, hostAddress, resolve));
  const receiver: Receiver = {
    url: `http://${hostAddress}:${(server.address() as AddressInfo).port}/services/T00/B00/secret-part`,
    received: [],
    answer: 200,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return receiver;
}
