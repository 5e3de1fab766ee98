/** Server of the live page: who gets it, and who does not. */
import { request } from "node:http";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Live } from "../../../../deployments/page/live";
import { PageServer } from "../../../../deployments/page/server";
import { deploymentOf, eventsOf, upTo } from "../../../support/deployment/recorded";

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

const live = new Live();
const server = new PageServer(live, (system) => Promise.resolve(system === "shop" ? "<p>runbook</p>" : undefined));
let url: URL;
let cookie: string;

/** Asks as a browser does. `until` ends the answer once it has come. */
function ask(path: string, { method = "GET", headers = {}, until = "" } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { method, headers }, (response) => {
      let text = "";
      const end = () => resolve({ status: response.statusCode!, headers: response.headers, text });
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (until !== "" && text.includes(until)) {
          end();
          response.destroy();
        }
      });
      response.on("end", end);
      response.on("error", () => undefined);
    });
    asked.on("error", reject);
    asked.end();
  });
}

beforeAll(async () => {
  await live.show({ stack: "test", deployment: deploymentOf("release", 1) });
  url = new URL(await server.listen(0));
  const { headers } = await ask(url.pathname + url.search);
  cookie = headers["set-cookie"]![0]!.split(";")[0]!;
});
afterAll(() => server.close());

const signedIn = () => ({ headers: { cookie } });

test("it listens on this machine only, with a token of 256 bits", () => {
  expect(url.hostname).toBe("127.0.0.1");
  expect(url.searchParams.get("token")).toMatch(/^[\w-]{43}$/);
});

test("the token becomes a cookie that no script reads and no other site sends", async () => {
  const { status, headers } = await ask(url.pathname + url.search);
  expect([status, headers.location]).toEqual([303, "/"]);
  expect(headers["set-cookie"]).toEqual([
    `runsheet-watch-${url.port}=${url.searchParams.get("token")}; Path=/; HttpOnly; SameSite=Strict`,
  ]);
});

test("with it there is the page, which fetches nothing from elsewhere", async () => {
  const { status, headers, text } = await ask("/", signedIn());
  expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(text).toContain("<h1>Deployment of test</h1>");
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

test.each(["/", "/events", "/watch.js", "/runbook/shop", "/?token=wrong", "/other"])(
  "without it %s is refused",
  async (path) => {
    const { status, text } = await ask(path);
    expect([status, text]).toEqual([403, "Open the address that npm run watch has printed: it has the token."]);
  },
);

test("a wrong cookie is refused", async () => {
  const wrong = `${cookie.slice(0, -1)}${cookie.endsWith("A") ? "B" : "A"}`;
  expect((await ask("/", { headers: { cookie: wrong } })).status).toBe(403);
});

test.each(["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:80"])(
  "a page that calls this machine %s is refused, also with the cookie",
  async (host) => {
    const { status, text } = await ask("/", { headers: { cookie, host } });
    expect([status, text]).toEqual([403, "This page is for 127.0.0.1 only."]);
  },
);

test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is refused", async (method) => {
  const { status, headers, text } = await ask("/", { method, headers: { cookie } });
  expect([status, headers.allow, text]).toEqual([405, "GET", "This page can only be read."]);
});

test("a path that is no URL is refused, from anybody, and the server goes on", async () => {
  const answer = new Promise<number>((resolve, reject) =>
    request({ host: url.hostname, port: url.port, path: "//" }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .on("error", reject)
      .end(),
  );
  expect(await answer).toBe(400);
  expect((await ask("/", signedIn())).status).toBe(200);
});

test("what is not there is not found", async () =>
  expect(await ask("/other", signedIn())).toMatchObject({ status: 404, text: "There is no such page." }));

test("a runbook is served with its own style alone", async () => {
  const { text, headers } = await ask("/runbook/shop", signedIn());
  expect(text).toBe("<p>runbook</p>");
  expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; .*; style-src 'sha256-[\w+/]{43}='$/);
  expect((await ask("/runbook/..%2f..%2fetc", signedIn())).status).toBe(404);
});

test("who comes gets the whole page, then only what changes, with the news", async () => {
  const events = ask("/events", { ...signedIn(), until: '"news"' });
  while (live.watched === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const deployment = deploymentOf("release", upTo(eventsOf("release"), "mail-rollout", "begins"));
  await live.show({ stack: "test", deployment });
  await live.show({ stack: "test", deployment });
  const { headers, text } = await events;
  expect(headers["content-type"]).toBe("text/event-stream");
  const [whole, changed, ...more] = text
    .trim()
    .split("\n\n")
    .map((each) => JSON.parse(each.slice("data: ".length)) as { parts: [string, string][]; news?: string });
  expect(whole!.parts.map(([id]) => id)).toEqual(["page"]);
  const ids = changed!.parts.map(([id]) => id);
  expect(ids).toEqual(expect.arrayContaining(["summary", "step-mail-rollout"]));
  expect(ids).not.toContain("step-shop-cron");
  expect(changed!.news).toContain("mail, Roll out the workers: running.");
  expect(more).toEqual([]);
});

test("a port that is taken is named, with the way out", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const second = new PageServer(live, () => Promise.resolve(undefined));
  await expect(second.listen(port)).rejects.toThrow(`port ${port} is taken: choose another --port, or leave it out`);
  other.close();
});

test("a reader that takes nothing is let go, and does not keep the server open", async () => {
  const page = new Live();
  const other = new PageServer(page, () => Promise.resolve(undefined));
  const show = (stack: string) => page.show({ stack, deployment: deploymentOf("release", 1) });
  await show("test");
  const asked = new URL(await other.listen(0));
  const token = asked.searchParams.get("token")!;
  const socket = connect(Number(asked.port), asked.hostname);
  socket.pause();
  socket.on("error", () => undefined);
  socket.write(`GET /events HTTP/1.1\r\nHost: ${asked.host}\r\nCookie: runsheet-watch-${asked.port}=${token}\r\n\r\n`);
  while (page.watched === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const long = "x".repeat(1 << 20);
  for (let round = 0; round < 40 && page.watched > 0; round++) {
    await show(`${long}${round}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(page.watched).toBe(0);
  await other.close();
  socket.destroy();
});
