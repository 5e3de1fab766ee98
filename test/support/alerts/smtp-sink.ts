/** Mail server that keeps what it gets. It knows as much of SMTP as Alertmanager needs. */
import { createServer, type AddressInfo, type Socket } from "node:net";

export class SmtpSink {
  private readonly server = createServer((socket) => this.talk(socket));

  /** @param receive is given each message, with its head */
  private constructor(private readonly receive: (message: string) => void) {}

  static async start(host: string, receive: (message: string) => void): Promise<SmtpSink> {
    const sink = new SmtpSink(receive);
    await new Promise<void>((resolve) => sink.server.listen(0, host, resolve));
    return sink;
  }

  /** HOST:PORT. */
  get address(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private talk(socket: Socket): void {
    let received = "";
    let inMessage = false;
    const answer = (line: string) => socket.write(`${line}\r\n`);
    answer("220 sink");
    // A client that is ended in the middle of a message resets its connection.
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString();
      for (let end = endOf(received, inMessage); end >= 0; end = endOf(received, inMessage)) {
        const [part, rest] = [received.slice(0, end), received.slice(end)];
        received = rest.replace(/^(\r\n\.)?\r\n/, "");
        if (inMessage) this.receive(part);
        if (part.startsWith("QUIT")) socket.end("221 bye\r\n");
        else answer(!inMessage && part.startsWith("DATA") ? "354 go on" : "250 ok");
        inMessage = !inMessage && part.startsWith("DATA");
      }
    });
  }
}

const endOf = (text: string, inMessage: boolean) => text.indexOf(inMessage ? "\r\n.\r\n" : "\r\n");
