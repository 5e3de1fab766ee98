/** Role frontend of PM, with a backend of the test's own. */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";
import { pm } from "../../../../lab/stand-in/pm";
import { page } from "../../../../lab/stand-in/pm/pages";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

let backend: Server;
let received: Received[];
let answer: (response: ServerResponse) => void;
let application: Application;

beforeEach(async () => {
  received = [];
  answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"maintenance":false}');
  backend = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      received.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  await start();
});
afterEach(async () => {
  await application.stop();
  stopBackend();
});

function stopBackend(): void {
  backend.close();
  backend.closeAllConnections();
}

const environment = {
  STAND_IN_SYSTEM: "pm",
  STAND_IN_ROLE: "frontend",
  // Set for the whole system. The frontend has none of these variables.
  STAND_IN_REQUIRES: "DATABASE_URL,REDIS_URL,ADMIN_KEY",
  PORT: "0",
  RELEASE: "2.0 <b>",
  DRAIN_SECONDS: "0",
};
const address = () => `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;

async function start(): Promise<void> {
  const settings = readSettings({ ...environment, API_URL: address() });
  application = await startApplication(settings, pm, () => undefined);
}

const ask = (path: string, more: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${application.port}${path}`, { ...more, headers: { connection: "close", ...more.headers } });

const maintenance = (response: ServerResponse) =>
  response.writeHead(503, { "content-type": "application/json", "retry-after": "60" }).end('{"error":"maintenance"}');

test("is ready without what only the backend needs", async () => {
  expect((await ask("/ready")).status).toBe(200);
});

test("the homepage says that it is a stand-in, and of which release", async () => {
  const reply = await ask("/", { headers: { "x-maintenance-bypass": "admin" } });
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const text = await reply.text();
  expect(text).toContain("<h1>PM Intelligence Platform</h1>");
  expect(text).toContain("<p>This is a stand-in for the real application, which is private.</p>");
  expect(text).toContain("<p>Release: 2.0 &lt;b&gt;</p>");
  expect(received).toMatchObject([
    { method: "GET", url: "/api/maintenance", headers: { "x-maintenance-bypass": "admin" } },
  ]);
});

test("in maintenance mode it is the maintenance page", async () => {
  answer = maintenance;
  const reply = await ask("/");
  expect([reply.status, reply.headers.get("retry-after"), reply.headers.get("content-type")]).toEqual([
    503,
    "60",
    "text/html; charset=utf-8",
  ]);
  expect(await reply.text()).toContain("<h1>PM Intelligence Platform: maintenance</h1>");
  expect((await ask("/live")).status).toBe(200);
  expect((await ask("/ready")).status).toBe(200);
});

test("a backend that is broken, or too old for that endpoint, is no maintenance", async () => {
  for (const status of [404, 500, 503]) {
    answer = (response) => response.writeHead(status).end();
    expect((await ask("/")).status).toBe(200);
  }
});

test("requests to the API are sent on, and their answers back", async () => {
  answer = (response) =>
    response.writeHead(201, { "content-type": "application/json; charset=utf-8", "x-own": "1" }).end('{"id":"7"}\n');
  const reply = await ask("/api/signals?limit=1&x=a%20b", {
    method: "POST",
    headers: { authorization: "Bearer test", "x-maintenance-bypass": "admin", cookie: "own" },
    body: '{"content": "Ü"}',
  });
  expect([reply.status, reply.headers.get("content-type"), reply.headers.get("x-own"), await reply.text()]).toEqual([
    201,
    "application/json; charset=utf-8",
    null,
    '{"id":"7"}\n',
  ]);
  expect(received).toMatchObject([
    {
      method: "POST",
      url: "/api/signals?limit=1&x=a+b",
      headers: { authorization: "Bearer test", "x-maintenance-bypass": "admin", "content-type": "application/json" },
      body: '{"content":"Ü"}',
    },
  ]);
  expect(received[0]!.headers.cookie).toBeUndefined();
});

test.each(["GET", "PUT", "PATCH", "DELETE"])("%s is sent on as it is", async (method) => {
  await ask("/api/opportunities/a%2Fb", { method });
  expect(received).toMatchObject([{ method, url: "/api/opportunities/a%2Fb", body: "" }]);
});

test("the answer's headers that browsers need come along", async () => {
  const headers = { "content-type": "text/csv", "content-disposition": "attachment", "www-authenticate": "Bearer" };
  answer = (response) => response.writeHead(200, headers).end("id\r\n");
  const reply = await ask("/api/signals/export");
  expect(Object.fromEntries(reply.headers)).toMatchObject(headers);
  answer = maintenance;
  const later = await ask("/api/signals");
  expect([later.status, later.headers.get("retry-after"), await later.json()]).toEqual([
    503,
    "60",
    { error: "maintenance" },
  ]);
});

test("nothing but the API is reached", async () => {
  expect((await ask("/metrics2")).status).toBe(404);
  // fetch would resolve the dots itself.
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: "close" };
    const sent = request(
      { host: "127.0.0.1", port: application.port, path: "/api/%2e%2e/metrics", headers },
      (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      },
    );
    sent.on("error", reject);
    sent.end();
  });
  expect([status, received]).toEqual([404, []]);
});

test("a backend that cannot be reached is a 502 with the cause, and the page says it", async () => {
  const cause = `connect ECONNREFUSED ${address().slice("http://".length)}`;
  stopBackend();
  const reply = await ask("/api/signals");
  expect([reply.status, await reply.json()]).toEqual([502, { error: `The backend cannot be reached (${cause}).` }]);
  const homepage = await ask("/");
  expect([homepage.status, await homepage.text()]).toEqual([
    200,
    page("2.0 <b>", `The backend cannot be reached (${cause}).`),
  ]);
});

test.each(["", "pm-backend:3000", "ftp://pm-backend"])("API_URL=%s stops the start", async (url) => {
  const refused = new SettingsError(`API_URL is "${url}": set it to the backend's address, as http://pm-backend:3000.`);
  const settings = readSettings({ ...environment, API_URL: url });
  await expect(startApplication(settings, pm, () => undefined)).rejects.toThrow(refused);
});
