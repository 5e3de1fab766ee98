import { setTimeout as sleep } from "node:timers/promises";
import { createHealth, type Check, type ProbePaths } from "../../../../lab/stand-in/core/health";
import type { Answer } from "../../../../lab/stand-in/core/http";
import { readSettings } from "../../../../lab/stand-in/core/settings";

const ok: Check = () => Promise.resolve();
const refused: Check = () => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:5432"));

async function ask(path: string, checks: Record<string, Check>, environment = {}, stopping = false): Promise<Answer> {
  const least = { STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "api", RELEASE: "v5.0.0" };
  const health = createHealth(readSettings({ ...least, ...environment }), checks, () => stopping);
  const request = { params: {}, query: new URLSearchParams(), headers: {}, body: undefined };
  return health.routes.find((route) => route.path === path)!.handle(request);
}

test("/health is the runbook's", async () => {
  expect(await ask("/health", { database: ok, redis: ok })).toEqual({
    status: 200,
    body: {
      status: "healthy",
      system: "prism",
      role: "api",
      release: "v5.0.0",
      standIn: true,
      checks: { database: "ok", redis: "ok" },
    },
  });
});

test("/health says which check fails and why", async () => {
  const answer = await ask("/health", { database: refused, redis: ok });
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    status: "unhealthy",
    checks: { database: "connect ECONNREFUSED 127.0.0.1:5432", redis: "ok" },
  });
});

test("/ready names the variables that are missing and the checks that fail", async () => {
  const environment = { STAND_IN_REQUIRES: "OPENAI_API_KEY,RELEASE" };
  const answer = await ask("/ready", { database: refused, redis: ok }, environment);
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    ready: false,
    missing: ["OPENAI_API_KEY"],
    failed: { database: "connect ECONNREFUSED 127.0.0.1:5432" },
  });
});

test("/ready is 200 when all is there, and 503 from the moment it stops", async () => {
  expect((await ask("/ready", { database: ok })).status).toBe(200);
  const stopping = await ask("/ready", { database: ok }, {}, true);
  expect(stopping).toMatchObject({ status: 503, body: { ready: false, stopping: true } });
});

test("the same is answered at the paths of a system's own probes", () => {
  const settings = readSettings({ STAND_IN_SYSTEM: "omniops", STAND_IN_ROLE: "phase4" });
  const paths = (more: ProbePaths) =>
    createHealth(settings, {}, () => false, more).routes.map(({ path, quiet }) => [path, quiet]);
  const own = [
    ["/live", true],
    ["/ready", true],
    ["/health", false],
  ];
  expect(paths({})).toEqual(own);
  expect(paths({ live: "/api/health", ready: "/api/ready" })).toEqual([
    ["/live", true],
    ["/api/health", true],
    ["/ready", true],
    ["/api/ready", true],
    ["/health", false],
  ]);
  expect(paths({ health: "/api/health" })).toEqual([...own, ["/api/health", true]]);
});

test("what it does without for a while makes it degraded, but ready", async () => {
  const settings = readSettings({ STAND_IN_SYSTEM: "ai-backend", STAND_IN_ROLE: "api" });
  const answers = async (database: Check, redis: Check) => {
    const health = createHealth(settings, { database, redis }, () => false, {}, ["redis"]);
    const request = { params: {}, query: new URLSearchParams(), headers: {}, body: undefined };
    const answered = await Promise.all(health.routes.map(async (route) => route.handle(request)));
    const body = answered[2]!.body as { status: string };
    return [answered[1]!.status, answered[2]!.status, body.status, await health.obstacles()];
  };
  expect(await answers(ok, ok)).toEqual([200, 200, "healthy", []]);
  expect(await answers(ok, refused)).toEqual([200, 200, "degraded", []]);
  const obstacles = ["database: connect ECONNREFUSED 127.0.0.1:5432"];
  expect(await answers(refused, refused)).toEqual([503, 503, "unhealthy", obstacles]);
});

test("/live needs nothing", async () => {
  expect((await ask("/live", { database: refused }, {}, true)).status).toBe(200);
});

test("requests that come while the checks run share them", async () => {
  let runs = 0;
  const slow: Check = async () => {
    runs += 1;
    await sleep(20);
  };
  const settings = readSettings({ STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "api" });
  const health = createHealth(settings, { slow }, () => false);
  await Promise.all([health.obstacles(), health.obstacles(), health.obstacles()]);
  expect(runs).toBe(1);
});
