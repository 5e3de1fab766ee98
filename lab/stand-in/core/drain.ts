/** The end of an HTTP server that loses no request. */
import type { Server as HttpServer } from "node:http";
import { Server as TcpServer } from "node:net";
import { settlesWithin, sleep } from "./time";

/**
 * How long a client may keep a connection without a request, in seconds: each answer says so. Not longer than a drain, so
 * that after it hardly one is left.
 */
export const keptSeconds = 5;

/** No new connection for so long means: the balancers have heard that this server goes. */
const quietMilliseconds = 500;

/** How long after the last new connection those without a request are closed, for clients that keep them longer than they may. */
const patienceMilliseconds = 2 * keptSeconds * 1000;

/**
 * Lets the server go on for `drainSeconds`, and on until no new connection comes; then takes none, and returns when the
 * last connection is closed. What comes after the drain takes at most `finishSeconds`, then all connections are cut.
 *
 * Each answer must say `Connection: close` from now on. A connection that gets no request meanwhile is left to the client:
 * HTTP has no way to close it without the risk that a request is under way on it, and a client that was busy for a
 * moment may have sent one before it learns of the end. The HTTP server's own close() would cut it at once, even with a
 * request unread in its socket. So it is the TCP server that is closed, which only stops listening.
 */
export async function drain(server: HttpServer, drainSeconds: number, finishSeconds: number): Promise<void> {
  let connectedAt = -Infinity;
  server.on("connection", () => (connectedAt = Date.now()));
  await sleep(drainSeconds * 1000);

  const drained = Date.now();
  // The other half is for the requests that came last.
  const quietBy = drained + (finishSeconds * 1000) / 2;
  while (Date.now() - connectedAt < quietMilliseconds && Date.now() < quietBy) await sleep(50);

  const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
  const impatient = setTimeout(() => server.closeIdleConnections(), patienceMilliseconds);
  await settlesWithin(drained + finishSeconds * 1000 - Date.now(), closed);
  clearTimeout(impatient);
  server.closeAllConnections();
}
