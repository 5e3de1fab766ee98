/** Graceful shutdown of an HTTP server, which loses no request. */
import type { Server as HttpServer } from "node:http";
import { Server as TcpServer } from "node:net";
import { settlesWithin, sleep } from "./time";

/**
 * Keep-alive timeout of connections without a request, in seconds. Each answer announces it. It should not exceed the
 * time of a drain, so that few such connections remain after it.
 */
export const keptSeconds = 5;

/**
 * Time without a new connection, in milliseconds, after which all load balancers count as having removed this server.
 */
const quietMilliseconds = 500;

/**
 * Time from the end of listening until connections without a request are closed, in milliseconds. It is for clients
 * that exceed the announced timeout.
 */
const patienceMilliseconds = 2 * keptSeconds * 1000;

/**
 * Serves for `drainSeconds`, and longer while new connections arrive. Then stops listening, and returns when the last
 * connection is closed. All connections are cut `finishSeconds` after the drain.
 *
 * Each answer must say `Connection: close` from the call on. Connections without a request are left for the client to
 * close. HTTP has no way for the server to close one without the risk that a request is already under way. The HTTP
 * server's own close() would cut them at once, even with an unread request in the socket. Therefore the TCP server's
 * close() is used, which only stops listening.
 */
export async function drain(server: HttpServer, drainSeconds: number, finishSeconds: number): Promise<void> {
  let connectedAt = -Infinity;
  server.on("connection", () => (connectedAt = Date.now()));
  await sleep(drainSeconds * 1000);

  const drained = Date.now();
  // The second half of `finishSeconds` is for the requests that arrived last.
  const quietBy = drained + (finishSeconds * 1000) / 2;
  while (Date.now() - connectedAt < quietMilliseconds && Date.now() < quietBy) await sleep(50);

  const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
  const impatient = setTimeout(() => server.closeIdleConnections(), patienceMilliseconds);
  await settlesWithin(drained + finishSeconds * 1000 - Date.now(), closed);
  clearTimeout(impatient);
  server.closeAllConnections();
}
