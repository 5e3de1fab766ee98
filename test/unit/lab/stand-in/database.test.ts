/**
 * Limits of the connection pool, with a server that accepts connections and never responds. The tests with PostgreSQL
 * are in test/services.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, type DatabaseLimits } from "../../../../lab/stand-in/core/database";
import { Unavailable } from "../../../../lab/stand-in/core/http";

let server: Server;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  server.close();
});

async function ask(times: number, limits: DatabaseLimits): Promise<unknown[]> {
  const { port } = server.address() as AddressInfo;
  const database = openDatabase(`postgresql://app:secret@127.0.0.1:${port}/app`, () => undefined, limits);
  const asked = Array.from({ length: times }, () => database.query("SELECT 1").catch((error: unknown) => error));
  const outcomes = await Promise.all(asked);
  await database.close();
  return outcomes;
}

test("no more connections are opened than it is told, and a connection takes no longer", async () => {
  const start = Date.now();
  const asked = ask(7, { connections: 3, connectMilliseconds: 300 });
  await sleep(150);
  expect(sockets.length).toBe(3);
  const outcomes = await asked;
  expect(Date.now() - start).toBeLessThan(1_500);
  expect(outcomes).toHaveLength(7);
  outcomes.forEach((outcome) => expect(outcome).toBeInstanceOf(Unavailable));
});
