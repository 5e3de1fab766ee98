/** Maintenance mode of the stand-in, turned on and asked for on a real PostgreSQL and Redis. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../components/kubernetes/bundle";
import { run } from "../../../lab/command";
import { root } from "../../../lab/paths";
import { freePort } from "../../support/free-port";
import { failureOf } from "../failure";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import { Backend, flag } from "./backend";
import { changes, pmSystem, runScripts } from "./pm";

jest.setTimeout(60_000);

const directory = mkdtempSync(join(tmpdir(), "runsheet-maintenance-"));
const program = join(directory, "maintenance-on.cjs");
let redis: ThrowAwayRedis;
let backend: Backend;

startRedis((started) => (redis = started));
startSystem(pmSystem, async (created) => {
  writeFileSync(program, bundle("systems/pm/in-pod/maintenance-on.ts"));
  await runScripts(created, "deploy", changes);
  backend = await Backend.start(created, redis.url);
});
beforeEach(() => redis.client.flushall());
afterAll(async () => {
  await backend.stop();
  rmSync(directory, { recursive: true });
});

const path = "/api/signals?limit=1";
const turnedOn = (url: string, more: Record<string, string> = {}) =>
  run(process.execPath, [program], {
    env: {
      ...{ NODE_PATH: join(root, "node_modules"), REDIS_URL: redis.url, TEST_API_KEY: "test" },
      ...{ URL: url, TIMES: "5", WITHIN_SECONDS: "2", FLAGS: JSON.stringify([flag]), VALUE: "true", ABSENT: "fine" },
      ...more,
    },
  });
const ofBackend = () => `http://127.0.0.1:${backend.port}${path}`;
const anotherFlag = { FLAGS: '["maintenance_mode"]' };

/** Serves a status for each request while `work` runs. */
async function serve(work: (url: string) => Promise<void>, status: (request: number) => number): Promise<void> {
  let requests = 0;
  const server = createServer((_, response) => response.writeHead(status(++requests)).end());
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${port}/`);
  } finally {
    server.close();
  }
}

test("the flag is set, and the application answers 503", async () => {
  expect(await turnedOn(ofBackend())).toBe(`GET ${ofBackend()}: 503, 5 times\n`);
  expect(await redis.client.get(flag)).toBe("true");
});

test("a flag that was removed by hand is set again", async () => {
  await turnedOn(ofBackend());
  await redis.client.del(flag);
  await turnedOn(ofBackend());
  expect(await redis.client.get(flag)).toBe("true");
});

test("of several flags it is enough that the application looks for one", async () => {
  const flags = ["maintenance_mode", flag];
  expect(await turnedOn(ofBackend(), { FLAGS: JSON.stringify(flags) })).toBe(`GET ${ofBackend()}: 503, 5 times\n`);
  expect(await redis.client.mget(flags)).toEqual(["true", "true"]);
});

test("one that looks for another flag is refused, with what to do", async () => {
  expect(await failureOf(turnedOn(ofBackend(), anotherFlag))).toBe(
    `GET ${ofBackend()}: 200, expected 503 within 2 s after maintenance_mode was set to true. The ` +
      "application is not in maintenance mode, and nothing was migrated; the flag stays set.\n  Set pm:maintenance.flag and " +
      "pm:maintenance.value to what the application that runs looks for in its Redis, and pm:maintenance.url to what its " +
      "users request, or to pm-backend if nobody serves them yet; then run up again.\n",
  );
});

test("one that takes a moment to see the flag is waited for", async () => {
  const waiting = turnedOn(ofBackend(), { ...anotherFlag, WITHIN_SECONDS: "30" });
  setTimeout(() => void redis.client.set(flag, "true"), 1500);
  expect(await waiting).toBe(`GET ${ofBackend()}: 503, 5 times\n`);
});

test("one pod of several that still serves users is found", () =>
  serve(
    async (url) => expect(await failureOf(turnedOn(url))).toMatch(/^GET http:\S+: 200, expected 503 within 2 s/),
    (request) => (request % 3 === 0 ? 200 : 503),
  ));

test("before the first deployment nobody has to answer", async () => {
  const url = `http://127.0.0.1:${await freePort()}${path}`;
  const nowhere = `http://pm-backend.invalid${path}`;
  const [refused, unknown] = await Promise.all([turnedOn(url), turnedOn(nowhere)]);
  expect(refused).toBe(`nobody serves ${url}: ECONNREFUSED\n`);
  expect(unknown).toBe(`nobody serves ${nowhere}: ENOTFOUND\n`);
});

test("one that was only away for a moment is not taken for absent", async () => {
  const port = await freePort();
  const server = createServer((_, response) => response.end());
  const waiting = failureOf(turnedOn(`http://127.0.0.1:${port}/`));
  setTimeout(() => server.listen(port, "127.0.0.1"), 4000);
  expect(await waiting).toMatch(/^GET \S+: 200, expected 503 within 2 s/);
  server.close();
});

test("an address that was configured has to answer", async () => {
  const url = `http://127.0.0.1:${await freePort()}${path}`;
  expect(await failureOf(turnedOn(url, { ABSENT: "wrong" }))).toMatch(
    /^GET \S+: ECONNREFUSED, expected 503 within 2 s/,
  );
});

test("a Redis that does not answer is said", async () => {
  const port = await freePort();
  expect(await failureOf(turnedOn(ofBackend(), { REDIS_URL: `redis://127.0.0.1:${port}` }))).toBe(
    `connect ECONNREFUSED 127.0.0.1:${port}\n`,
  );
});
