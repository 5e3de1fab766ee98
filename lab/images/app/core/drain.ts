/** The end of an HTTP server that loses no request. */
import type { Server as HttpServer } from "node:http";
import { Server as TcpServer } from "node:net";
import { settlesWithin, sleep } from "./time";

/** No new connection for so long means: the balancers have heard that this server goes. */
const quietMilliseconds = 500;

/** How long a connection without a request stays open once no new one is taken. */
const idleMilliseconds = 1_000;

/**
 * Lets the server go on for `drainSeconds`, and on until no new connection comes; then takes none, and returns when the
 * last answer is sent. What comes after the drain takes at most `finishSeconds`, then all connections are cut.
 *
 * Each answer must say `Connection: close` from now on, so that hardly a connection is left at the end. One that is left
 * may still send a request: the HTTP server's own close() would cut it at once, even with a request unread in its socket.
 * So it is the TCP server that is closed, which only stops listening.
 */
export async function drain(server: HttpServer, drainSeconds: number, finishSeconds: number): Promise<void> {
  let connectedAt = -Infinity;
  server.on("connection", () => (connectedAt = Date.now()));
  await sleep(drainSeconds * 1000);

  const deadline = Date.now() + finishSeconds * 1000;
  while (Date.now() - connectedAt < quietMilliseconds && Date.now() < deadline - idleMilliseconds) await sleep(50);

  const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), idleMilliseconds);
  await settlesWithin(Math.max(deadline - Date.now(), idleMilliseconds), closed);
  clearInterval(idle);
  server.closeAllConnections();
}
