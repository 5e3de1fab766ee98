/** Output of the checks runner for HTTP. For SQL and Redis see test/services/checks/runner.test.ts. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Check, HttpCheck } from "../../../../../components/checks";
import { runChecks } from "../../../../support/checks-runner";
import { freePort } from "../../../../support/free-port";

let server: Server;
let url: string;
/** Requests so far, as "METHOD path body authorization". */
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => (asked = []));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const answers: Record<string, (response: ServerResponse, times: number) => void> = {
  "/healthy": (response) => json(response, 200, { status: "healthy" }),
  "/degraded": (response) => json(response, 200, { status: "degraded" }),
  "/down": (response) => response.writeHead(503).end("out of order"),
  "/limited": (response) => response.writeHead(429).end("slow down"),
  "/streamed": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: a\n\n");
    setTimeout(() => response.end("data: b\n\n"), 500);
  },
  "/open": (response) => response.writeHead(200, { "content-type": "text/event-stream" }).write("data: a\n\n"),
  "/broken": (response) => response.writeHead(500).write("out of "),
  "/echo": (response) => response.writeHead(500).end(JSON.stringify(response.req.headers)),
  "/padded": (response) => response.writeHead(500).end(`${"-".repeat(290)}${response.req.headers.authorization}`),
  "/page": (response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<p>"),
  "/moved": (response) => response.writeHead(302, { location: "/healthy" }).end(),
  "/metrics": (response) => response.writeHead(200).end("# TYPE jobs counter\nup 1\n"),
  "/items": (response) => json(response, 201, { id: 42 }),
  "/items/42": (response) => json(response, 200, { id: 42, name: "first" }),
  "/silent": () => undefined,
  "/starting": (response, times) => (times < 3 ? response.writeHead(503).end() : response.writeHead(200).end()),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const path = request.url!;
  const authorization = request.headers.authorization ?? "";
  asked.push([request.method, path, body, authorization].filter(Boolean).join(" "));
  answers[path]!(response, asked.filter((each) => each.split(" ")[1] === path).length);
}

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** HTTP check without retries. Its timeout is long enough for a busy machine. */
const get = (path: string, expected: Partial<HttpCheck> = {}): HttpCheck => ({
  name: `ask ${path}`,
  url: `\${URL}${path}`,
  withinSeconds: 0,
  timeoutSeconds: 60,
  ...expected,
});
const run = (checks: readonly Check[], cleanup?: readonly Check[]) =>
  runChecks(checks, { cleanup, environment: { URL: url } });

test("checks that pass are named, and how many there were", async () => {
  const checks = [
    get("/healthy", { answer: { status: "healthy" } }),
    get("/page", { mediaType: "text/html" }),
    get("/metrics", { metrics: [{ metric: "up", value: 1 }] }),
    get("/down", { status: 503 }),
  ];
  expect(await run(checks)).toEqual({
    code: 0,
    stdout: "ok     ask /healthy\nok     ask /page\nok     ask /metrics\nok     ask /down\n4 of 4 checks passed\n",
    stderr: "",
  });
});

test.each<[string, HttpCheck, string]>([
  ["another status", get("/down"), "GET URL/down expected status 200, got 503 out of order"],
  ["a redirect", get("/moved"), "GET URL/moved expected status 200, got 302 (no media type)"],
  [
    "a limit of requests",
    get("/limited"),
    "GET URL/limited expected status 200, got 429 slow down; 429 is the application's limit of requests",
  ],
  [
    "another answer",
    get("/degraded", { answer: { status: "healthy" } }),
    'GET URL/degraded: status is "degraded", expected "healthy"',
  ],
  ["no JSON", get("/page", { answer: {} }), "GET URL/page expected JSON, got 200 (text/html)"],
  [
    "another media type",
    get("/page", { mediaType: "text/csv" }),
    "GET URL/page expected the media type text/csv, got text/html",
  ],
  [
    "no sample of a metric",
    get("/metrics", { metrics: [{ metric: "up" }, { metric: "jobs" }] }),
    "GET URL/metrics expected samples of jobs, got 200 (no media type)",
  ],
  ["no answer", get("/silent", { timeoutSeconds: 1 }), "GET URL/silent was not answered: no answer within 1 s"],
  [
    "a variable that is not set",
    get("/${NOTHING}"),
    "the check uses ${NOTHING}, which is neither an environment variable nor captured by an earlier check",
  ],
  [
    "a hint",
    get("/down", { hint: "Start it." }),
    "GET URL/down expected status 200, got 503 out of order\n  Start it.",
  ],
])("%s is an error that says so", async (_, check, message) => {
  expect(await run([check])).toEqual({
    code: 1,
    stdout: `FAILED ${check.name}\n`,
    stderr: `FAILED ${check.name}: ${message.replaceAll("URL", url)}\n`,
  });
});

test("a check that is skipped is not asked, and its reason is repeated", async () => {
  const checks = [get("/down", { skip: "it is on another cluster" }), get("/healthy")];
  expect(await run(checks)).toEqual({
    code: 0,
    stdout:
      "skipped ask /down: it is on another cluster\nok     ask /healthy\n" +
      "1 of 2 checks passed, 1 skipped (ask /down: it is on another cluster)\n",
    stderr: "",
  });
  expect(asked).toEqual(["GET /healthy"]);
});

test("an answer that is streamed passes at its end", async () =>
  expect(await run([get("/streamed", { method: "POST" })])).toMatchObject({ code: 0, stderr: "" }));

test("a stream that stays open passes when it begins", async () => {
  const check = get("/open", { method: "POST", mediaType: "text/event-stream", timeoutSeconds: 30 });
  const start = Date.now();
  expect(await run([check])).toMatchObject({ code: 0, stderr: "" });
  expect(Date.now() - start).toBeLessThan(20_000);
});

test("an answer that is wanted in full and does not end says so, and the limit", async () => {
  const { stderr } = await run([get("/open", { answer: {}, timeoutSeconds: 2 })]);
  expect(stderr).toBe(
    `FAILED ask /open: GET ${url}/open was not answered in full: no answer within 2 s; got 200 (text/event-stream)\n`,
  );
  const failed = await run([get("/broken", { timeoutSeconds: 2 })]);
  expect(failed.stderr).toBe(`FAILED ask /broken: GET ${url}/broken expected status 200, got 500 out of \n`);
});

test.each([
  ["an application that repeats it", "/echo", {}],
  ["an answer that is cut in the middle of it", "/padded", {}],
  ["another answer", "/echo", { status: 500, answer: { authorization: "" } }],
])("the value of a secret variable is not shown: %s", async (_, path, expected) => {
  const token = 'eyJ"hbGciOi\\JIUzI1';
  const check = get(path, { headers: { Authorization: "Bearer ${TOKEN}" }, ...expected });
  const { stdout, stderr } = await runChecks([check], { environment: { URL: url, TOKEN: token }, secret: ["TOKEN"] });
  expect(stderr).toContain("Bearer ***");
  expect(stdout + stderr).not.toContain("eyJ");
});

test("a secret in a query, an address or a body is not shown either", async () => {
  const secret = "a/b c?d";
  const checks: Check[] = [get("/down?key=${TOKEN}", { body: { token: "${TOKEN}" } })];
  const environment = { URL: url, TOKEN: secret };
  answers[`/down?key=${encodeURI(secret)}`] = (response) => response.writeHead(400).end(encodeURIComponent(secret));
  const { stderr } = await runChecks(checks, { environment, secret: ["TOKEN"] });
  expect(stderr).toBe(
    `FAILED ask /down?key=\${TOKEN}: POST ${url}/down?key=\${TOKEN} expected status 200, got 400 ***\n`,
  );
});

test("a header with a line break is refused by its secret's name, not its value", async () => {
  const check = get("/healthy", { headers: { Authorization: "Bearer ${SECRET_chatToken}" } });
  const environment = { URL: url, SECRET_chatToken: "eyJ\nhbGci" };
  const { stdout, stderr } = await runChecks([check], { environment, secret: ["SECRET_chatToken"] });
  expect(stderr).toBe(
    "FAILED ask /healthy: the header Authorization has a line break or another control character; remove it from chatToken\n",
  );
  expect(stdout + stderr).not.toContain("eyJ");
  expect(asked).toEqual([]);
});

test("a value in a body is a text, whatever is in it", async () => {
  const check = get("/items", { body: { name: "${NAME}" }, status: 201 });
  await runChecks([check], { environment: { URL: url, NAME: 'a "b"\\' } });
  expect(asked).toEqual(['POST /items {"name":"a \\"b\\"\\\\"}']);
});

test("a request that may write is sent once, unless its check says otherwise", async () => {
  const once = { ...get("/starting", { method: "POST" }), withinSeconds: undefined };
  expect(await run([once])).toMatchObject({ code: 1 });
  expect(asked).toEqual(["POST /starting"]);
  asked = [];
  expect(await run([{ ...once, withinSeconds: 60 }])).toMatchObject({ code: 0 });
  asked = [];
  expect(await run([{ ...get("/starting"), withinSeconds: undefined }])).toMatchObject({ code: 0 });
  expect(asked).toHaveLength(3);
});

test("a limit of requests ends the repeats", async () => {
  expect(await run([get("/limited", { withinSeconds: 60 })])).toMatchObject({ code: 1 });
  expect(asked).toEqual(["GET /limited"]);
});

test("a clean-up that is skipped is no check that did not pass", async () => {
  const { stdout } = await run([get("/healthy")], [get("/down", { skip: "we do it" })]);
  expect(stdout).toContain("\n1 of 1 checks passed, 1 skipped (ask /down: we do it)\n");
});

test("a connection that is accepted passes, and one that is refused says so", async () => {
  const listening = new URL(url).host;
  const closed = `127.0.0.1:${await freePort()}`;
  const tcp = (address: string): Check => ({ name: "the graph", tcp: address, withinSeconds: 0 });
  expect(await run([tcp(listening)])).toMatchObject({ code: 0, stderr: "" });
  expect((await run([tcp(closed)])).stderr).toBe(`FAILED the graph: connect ECONNREFUSED ${closed}\n`);
});

test("an address where nobody listens is an error with the reason", async () => {
  const port = await freePort();
  const { stderr } = await run([{ ...get(""), name: "nobody", url: `http://127.0.0.1:${port}/health` }]);
  expect(stderr).toBe(
    `FAILED nobody: GET http://127.0.0.1:${port}/health was not answered: fetch failed: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  );
});

test("a secret address is shown as its variable, whatever fails", async () => {
  const port = await freePort();
  const check: Check = {
    name: "a message",
    url: "${WEBHOOK}",
    body: { text: "hello" },
    timeoutSeconds: 60,
    withinSeconds: 0,
  };
  const to = async (address: string) => {
    const { stdout, stderr } = await runChecks([check], { environment: { WEBHOOK: address }, secret: ["WEBHOOK"] });
    return stdout + stderr;
  };
  expect(await to(`${url}/down`)).toBe(
    "FAILED a message\nFAILED a message: POST ${WEBHOOK} expected status 200, got 503 out of order\n",
  );
  const refused = await to(`http://127.0.0.1:${port}/key`);
  expect(refused).toContain("POST ${WEBHOOK} was not answered: fetch failed");
  expect(refused).not.toContain("/key");
  const invalid = await to("no-address/key");
  expect(invalid).toContain("POST ${WEBHOOK} was not answered");
  expect(invalid).not.toContain("/key");
});

test("variables and captured values are filled in: address, headers, body", async () => {
  const headers = { Authorization: "Bearer ${TOKEN}" };
  const checks = [
    get("/items", { headers, body: { name: "${NAME}" }, status: 201, capture: { ITEM: "id" } }),
    get("/items/${ITEM}", { headers, answer: { name: "first" } }),
    get("/items/${ITEM}", { method: "DELETE" }),
  ];
  const { code } = await runChecks(checks, { environment: { URL: url, TOKEN: "t", NAME: "first" } });
  expect(code).toBe(0);
  expect(asked).toEqual(['POST /items {"name":"first"} Bearer t', "GET /items/42 Bearer t", "DELETE /items/42"]);
});

test("after a failure nothing but the clean-up is asked, all of it", async () => {
  const checks = [
    get("/items", { method: "POST", status: 201, capture: { ITEM: "id" } }),
    get("/down"),
    get("/healthy"),
  ];
  const cleanup = [get("/degraded", { answer: { status: "gone" } }), get("/items/${ITEM}", { method: "DELETE" })];
  expect(await run(checks, cleanup)).toEqual({
    code: 1,
    stdout: "ok     ask /items\nFAILED ask /down\nFAILED ask /degraded\nok     ask /items/${ITEM}\n",
    stderr: [
      `FAILED ask /down: GET ${url}/down expected status 200, got 503 out of order`,
      `FAILED ask /degraded: GET ${url}/degraded: status is "degraded", expected "gone"\n`,
    ].join("\n"),
  });
  expect(asked).toEqual(["POST /items", "GET /down", "GET /degraded", "DELETE /items/42"]);
});

test("a check is asked again until it passes or its time is over", async () => {
  expect(await run([get("/starting", { withinSeconds: 60 })])).toMatchObject({ code: 0, stderr: "" });
  expect(asked).toEqual(Array(3).fill("GET /starting"));
  asked = [];
  expect(await run([get("/starting")])).toMatchObject({ code: 1 });
  expect(asked).toEqual(["GET /starting"]);
});

test("a load is asked once, and its figures are printed", async () => {
  const check: Check = { ...get("/down"), load: { requestsKey: "demo:requests", requests: 20, errorPercent: 5 } };
  const { stdout, stderr } = await run([{ ...check, withinSeconds: undefined }]);
  expect(asked).toHaveLength(20);
  expect(stdout).toMatch(
    /^ {7}ask \/down: 20 requests, 20 failed \(100 per cent\), P95 [\d.]+ ms\nFAILED ask \/down\n$/,
  );
  expect(stderr).toContain("less than 5 per cent may fail; the first: GET");
});
