/** The end of an application: no request is lost, whoever's. All applications have it from one module. */
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Application } from "./application";

jest.setTimeout(60_000);

let frontend: Application;
beforeEach(async () => {
  frontend = await Application.start("pm-frontend", { variables: {} });
});

async function ask(agent: Agent): Promise<IncomingMessage> {
  const [answer] = (await once(get(frontend.url, { agent }), "response")) as [IncomingMessage];
  await once(answer.resume(), "end");
  return answer;
}

test("an idle connection is served until its client gives it up, then the process ends", async () => {
  const agent = new Agent({ keepAlive: true });
  expect((await ask(agent)).headers["keep-alive"]).toBe("timeout=5");
  const stopped = frontend.stop();
  await sleep(2_000);
  const late = await ask(agent);
  expect([late.statusCode, late.headers.connection]).toEqual([200, "close"]);
  await stopped;
  expect(frontend.running).toBe(false);
});

test("a request that has begun is answered", async () => {
  const { hostname, port } = new URL(frontend.url);
  const socket = connect(Number(port), hostname);
  socket.write("GET / HTTP/1.1\r\nHost: pm\r\n");
  await sleep(200);
  const stopped = frontend.stop();
  await sleep(1_000);
  socket.write("\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*Connection: close\r\n/);
  await stopped;
});
