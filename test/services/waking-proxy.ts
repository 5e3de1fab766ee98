/** TCP proxy in front of a server that may be suspended: a connection waits until the server runs. */
import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";

/** Server behind the proxy. */
export interface Target {
  /** Port of the loopback address. */
  readonly port: number;
  /** Resolves when the server runs. A failure ends the connection that waits for it. */
  awake(): Promise<void>;
  /** Called for all bytes of a connection. */
  touch(): void;
}

export class WakingProxy {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: Target) {}

  /** Starts a proxy on each of `addresses`. It forwards the bytes of each connection, TLS or not. */
  static async start(addresses: readonly string[], port: number, target: Target): Promise<WakingProxy> {
    const proxy = new WakingProxy(target);
    try {
      for (const address of addresses) {
        const server = createServer({ pauseOnConnect: true }, (client) => void proxy.forward(client));
        proxy.servers.push(server);
        server.listen(port, address);
        await once(server, "listening");
      }
      return proxy;
    } catch (error) {
      await proxy.stop();
      throw error;
    }
  }

  /** Ends all connections and closes the port. */
  async stop(): Promise<void> {
    const closed = this.servers.filter((server) => server.listening).map((server) => once(server.close(), "close"));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private async forward(client: Socket): Promise<void> {
    this.known(client);
    try {
      await this.target.awake();
    } catch {
      client.destroy();
    }
    if (client.destroyed) return;
    const server = this.known(createConnection({ host: "127.0.0.1", port: this.target.port }));
    client.on("close", () => server.destroy());
    server.on("error", () => client.destroy());
    for (const socket of [client, server]) socket.on("data", () => this.target.touch());
    client.pipe(server).pipe(client);
  }

  private known(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    // The error is followed by "close".
    socket.on("error", () => undefined);
    return socket;
  }
}
