import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createFaults } from "../../../../lab/stand-in/core/faults";
import { HttpError, type Outcome, type Route } from "../../../../lab/stand-in/core/http";
import { Metrics } from "../../../../lab/stand-in/core/metrics";
import { openRedis } from "../../../../lab/stand-in/core/redis";
import { startServer, type Server } from "../../../../lab/stand-in/core/server";
import { readSettings } from "../../../../lab/stand-in/core/settings";

const routes: Route[] = [
  {
    method: "GET",
    path: "/items/:id",
    handle: ({ params, query }) => ({ status: 200, body: { ...params, q: query.get("q") } }),
  },
  { method: "POST", path: "/items", handle: ({ body }) => ({ status: 201, body: { received: body } }) },
  {
    method: "GET",
    path: "/slow",
    handle: () => new Promise((done) => setTimeout(() => done({ status: 200, body: {} }), 300)),
  },
  {
    method: "GET",
    path: "/refused",
    handle: () => {
      throw new HttpError(400, "month must be a month as YYYY-MM.", "month");
    },
  },
  {
    method: "GET",
    path: "/broken",
    handle: () => {
      throw new TypeError("secret detail");
    },
    answered: (status, outcome) => void outcomes.push([status, outcome]),
  },
  { method: "GET", path: "/items/*", handle: ({ params }) => ({ status: 200, body: params }) },
  { method: "PATCH", path: "/rest/*", handle: ({ params }) => ({ status: 200, body: params }) },
];
const faults = [
  { path: "/items/6", status: 503, body: "not now", remaining: 1 },
  { path: "/items/7", status: 502, body: "bad gateway", remaining: 1 },
  { path: "/items/8", delayMs: 100 },
  { path: "/items/9", hang: true },
];

let outcomes: [number, Outcome][];
let server: Server;
let metrics: Metrics;
let log: { event: string; level?: string; error?: unknown }[];
let agent: Agent;

beforeEach(async () => {
  agent = new Agent({ keepAlive: true });
  metrics = new Metrics();
  log = [];
  outcomes = [];
  const write = (event: string, fields = {}) => void log.push({ event, ...fields });
  const environment = { STAND_IN_SYSTEM: "x", STAND_IN_ROLE: "x", STAND_IN_FAULTS: JSON.stringify(faults) };
  const found = createFaults(readSettings(environment), openRedis(undefined, write), write);
  server = await startServer(0, routes, found, metrics, write);
});
afterEach(async () => {
  agent.destroy();
  await server.stop(0, 0.1);
});

interface Reply {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

function send(path: string, method = "GET", body = ""): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: server.port, path, method, agent }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test("answers JSON, marked as a stand-in's", async () => {
  const reply = await send("/items/a%20b?q=1");
  expect(reply).toMatchObject({ status: 200, text: '{"id":"a b","q":"1"}\n' });
  expect(reply.headers).toMatchObject({ "x-stand-in": "true", "content-type": "application/json; charset=utf-8" });
  expect((await send("/items", "POST", '{"a":1}')).text).toBe('{"received":{"a":1}}\n');
});

test.each([
  ["/items", "POST", "{", 400, { error: "The body is not JSON.", field: "body" }],
  ["/items", "POST", "x".repeat(100_001), 413, { error: "The body is larger than 100000 bytes.", field: "body" }],
  ["/items", "PUT", "", 405, { error: "/items takes POST, not PUT." }],
  ["/items/%zz", "GET", "", 400, { error: '"%zz" in the path is not percent-encoded text.' }],
  ["/nothing", "GET", "", 404, { error: "There is no /nothing here." }],
  ["/refused", "GET", "", 400, { error: "month must be a month as YYYY-MM.", field: "month" }],
])("%s %s is answered with what is wrong", async (path, method, body, status, expected) => {
  const reply = await send(path, method, body);
  expect([reply.status, JSON.parse(reply.text)]).toEqual([status, expected]);
});

test("a path that ends in * is for what no other route matches, as it was sent", async () => {
  expect((await send("/items/1")).text).toBe('{"id":"1","q":null}\n');
  expect((await send("/items/1/2%2F3?q=1")).text).toBe('{"*":"1/2%2F3"}\n');
  expect((await send("/rest/", "PATCH")).text).toBe('{"*":""}\n');
  expect((await send("/items", "PATCH")).status).toBe(405);
  expect((await send("/rest", "PATCH")).status).toBe(404);
});

test("a route hears what became of a request: how long it took, and what was thrown", async () => {
  await send("/broken");
  expect(outcomes).toEqual([[500, { seconds: expect.any(Number) as number, error: new TypeError("secret detail") }]]);
});

test("an unexpected error is in the log and not in the answer", async () => {
  expect(await send("/broken")).toMatchObject({
    status: 500,
    text: '{"error":"Something unexpected failed; see the log."}\n',
  });
  expect(log.find(({ event }) => event === "request failed")?.error).toBe("secret detail");
});

test.each([
  ["/items/5", 200, "info"],
  ["/nothing", 404, "warn"],
  ["/items/6", 503, "warn"],
  ["/items/7", 502, "error"],
])("the level of %s, answered with %i, is %s", async (path, status, level) => {
  expect((await send(path)).status).toBe(status);
  await sleep(20);
  expect(log).toMatchObject([{ event: "request", level }]);
});

test("faults answer, delay and hang", async () => {
  expect(await send("/items/7")).toMatchObject({ status: 502, text: "bad gateway" });
  expect((await send("/items/7")).status).toBe(200);
  const start = Date.now();
  expect((await send("/items/8")).status).toBe(200);
  expect(Date.now() - start).toBeGreaterThanOrEqual(95);
  const hanging = send("/items/9").then(
    () => "answered",
    () => "cut",
  );
  expect(await Promise.race([hanging, new Promise((resolve) => setTimeout(() => resolve("waiting"), 150))])).toBe(
    "waiting",
  );
  await server.stop(0, 0.1);
  expect(await hanging).toBe("cut");
});

test("requests are counted by route, not by path", async () => {
  await send("/items/1");
  await send("/items/2");
  await send("/broken");
  await send("/nothing");
  const text = await metrics.scrape();
  expect(text).toContain('http_requests_total{method="GET",route="/items/:id",status="200"} 2\n');
  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/items/:id",status="200"} 2\n');
  expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 1\n');
  expect(text).toContain("http_request_errors_total 1\n");
});

test("stopping goes on serving, asks clients to leave, and finishes what it has begun", async () => {
  expect((await send("/items/1")).headers).toMatchObject({ connection: "keep-alive", "keep-alive": "timeout=5" });
  const stopped = server.stop(0.3, 5);
  const during = await send("/items/2");
  expect(during).toMatchObject({ status: 200, headers: { connection: "close" } });
  await sleep(150);
  const slow = send("/slow");
  expect((await slow).status).toBe(200);
  await stopped;
  await expect(send("/items/3")).rejects.toThrow("ECONNREFUSED");
});

describe("a connection without a request, when the server takes no new ones", () => {
  beforeEach(() => send("/items/1"));
  afterEach(() => jest.useRealTimers());

  test("is left to the client, which was told how long it may keep it", async () => {
    const stopped = server.stop(0, 5);
    await sleep(1_200);
    const last = await send("/items/2");
    expect(last).toMatchObject({ status: 200, headers: { connection: "close" } });
    await stopped;
  });

  test("is closed when the client keeps it twice as long as it may", async () => {
    const [[connection]] = Object.values(agent.freeSockets) as [[Socket]];
    const closed = once(connection, "close");
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"] });
    const stopped = server.stop(0, 20);
    await jest.advanceTimersByTimeAsync(9_950);
    expect(connection.closed).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    await closed;
    await stopped;
  });

  test("does not keep the server longer than it may take", async () => {
    const start = Date.now();
    await server.stop(0, 0.3);
    expect(Date.now() - start).toBeGreaterThanOrEqual(290);
    expect(Date.now() - start).toBeLessThan(1_000);
  });
});
