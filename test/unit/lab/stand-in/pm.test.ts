/** Role backend of PM over HTTP, without a database and Redis. The tests with both are in test/services/pm. */
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";
import { pm } from "../../../../lab/stand-in/pm";
import { readPmSettings } from "../../../../lab/stand-in/pm/settings";

const asUser = { authorization: "Bearer t3st-s3cret", "x-maintenance-bypass": "adm1n-s3cret" };
const asAdmin = { authorization: "Bearer adm1n-s3cret", "x-maintenance-bypass": "adm1n-s3cret" };
const id = "00000000-0000-4000-8000-000000000002";
const signals = "/api/signals";
const opportunity = `/api/opportunities/${id}`;
const observability = "/api/admin/observability";

let application: Application;
let log: Record<string, unknown>[];

async function start(more: Record<string, string> = {}): Promise<void> {
  log = [];
  const environment = {
    STAND_IN_SYSTEM: "pm",
    STAND_IN_ROLE: "backend",
    STAND_IN_REQUIRES: "ADMIN_KEY,TEST_API_KEY,NEO4J_PASSWORD",
    PORT: "0",
    RELEASE: "2.0",
    DRAIN_SECONDS: "0",
    ADMIN_KEY: "adm1n-s3cret",
    TEST_API_KEY: "t3st-s3cret",
  };
  const write = (event: string, fields = {}) => void log.push({ event, ...fields });
  application = await startApplication(readSettings({ ...environment, ...more }), pm, write);
}
afterEach(() => application?.stop());

const ask = (path: string, method = "GET", headers: Record<string, string> = {}, body?: unknown) =>
  fetch(`http://127.0.0.1:${application.port}${path}`, {
    method,
    headers: { connection: "close", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

async function send(...request: Parameters<typeof ask>): Promise<[number, unknown]> {
  const reply = await ask(...request);
  return [reply.status, await reply.json()];
}

test("the roles and scripts are those that the runbook deploys", () => {
  expect([Object.keys(pm.roles), Object.keys(pm.scripts!)]).toEqual([
    ["backend", "frontend"],
    ["process-scheduled-reports"],
  ]);
});

test("the health is the release's, whatever it lacks; ready says what that is", async () => {
  await start();
  for (const path of ["/health", "/api/health"])
    expect(await send(path)).toEqual([200, { status: "ok", version: "2.0" }]);
  expect(await send("/live")).toMatchObject([200, { status: "healthy", system: "pm", role: "backend" }]);
  const failed = { database: "DATABASE_URL is not set.", redis: "REDIS_URL is not set." };
  expect(await send("/ready")).toMatchObject([503, { ready: false, missing: ["NEO4J_PASSWORD"], failed }]);
});

test.each([
  ["GET", signals],
  ["POST", signals],
  ["GET", `${signals}/export`],
  ["GET", "/api/opportunities"],
  ["PATCH", opportunity],
  ["POST", "/api/admin/neo4j/backlog/cleanup"],
  ["GET", "/api/admin/neo4j/dead-letter"],
  ["GET", `${observability}/health`],
  ["GET", `${observability}/performance/stats`],
  ["GET", `${observability}/performance/slow`],
  ["GET", `${observability}/errors/stats`],
  ["GET", `${observability}/metrics/prometheus`],
])("%s %s takes a key, and below /api/admin an administrator's", async (method, path) => {
  await start();
  const { authorization: _, ...nobody } = asUser;
  const error = "Send Authorization: Bearer with an API key.";
  const reply = await ask(path, method, nobody);
  expect([reply.status, await reply.json()]).toEqual([401, { error }]);
  expect(reply.headers.get("www-authenticate")).toBe("Bearer");
  if (path.startsWith("/api/admin/"))
    expect(await send(path, method, asUser)).toEqual([403, { error: "This takes an administrator's key." }]);
  else expect((await send(path, method, asUser))[0]).not.toBe(403);
});

test("without a database each says so, and a key of the database cannot be looked up", async () => {
  await start({ PERF_METRICS_ENABLED: "true" });
  const away = [503, { error: "DATABASE_URL is not set." }];
  expect(await send(signals, "GET", asUser)).toEqual(away);
  expect(await send("/api/opportunities", "GET", asUser)).toEqual(away);
  expect(await send(signals, "POST", asUser, { content: "Slow", source: "test" })).toEqual(away);
  expect(await send(signals, "GET", { authorization: "Bearer other" })).toEqual(away);
  expect(await send(`${observability}/performance/stats`, "GET", asAdmin)).toEqual(away);
  expect(await send(`${observability}/health`, "GET", asAdmin)).toMatchObject([
    503,
    {
      status: "unhealthy",
      components: {
        database: { status: "unhealthy", error: "DATABASE_URL is not set." },
        redis: { status: "unhealthy", error: "REDIS_URL is not set." },
        neo4jBacklog: { status: "unhealthy", error: "DATABASE_URL is not set." },
      },
    },
  ]);
});

test("without Redis reads go through, and writes do not", async () => {
  await start();
  const { authorization } = asUser;
  expect((await send(signals, "GET", { authorization }))[1]).toEqual({ error: "DATABASE_URL is not set." });
  expect(await send(signals, "POST", { authorization }, { content: "Slow", source: "test" })).toEqual([
    503,
    {
      error: "Nothing is written while it is not known whether the maintenance mode is on: REDIS_URL is not set.",
    },
  ]);
  expect(await send("/api/maintenance")).toEqual([200, { maintenance: false }]);
});

test.each([
  ["GET", `${signals}?limit=0`, undefined, "limit", "limit must be a whole number from 1 to 500."],
  ["GET", `${signals}?limit=501`, undefined, "limit", "limit must be a whole number from 1 to 500."],
  ["GET", `${signals}?limit=1e1`, undefined, "limit", "limit must be a whole number from 1 to 500."],
  ["GET", "/api/opportunities?limit=", undefined, "limit", "limit must be a whole number from 1 to 500."],
  ["GET", `${signals}/export?format=xml`, undefined, "format", "format must be one of csv, json."],
  ["POST", signals, [], "body", "Send a JSON object as the body."],
  ["POST", signals, { content: "Slow" }, "source", "source must be a text that is not empty."],
  ["POST", signals, { source: "test", content: " " }, "content", "content must be a text that is not empty."],
  [
    "POST",
    signals,
    { source: "test", content: "Slow", externalId: 7 },
    "externalId",
    "externalId must be a text that is not empty.",
  ],
  ["PATCH", "/api/opportunities/7", { version: 1, title: "x" }, "id", "id must be a UUID."],
  ["PATCH", opportunity, { title: "x" }, "version", "version must be a number from 1 to 9007199254740991."],
  ["PATCH", opportunity, { version: 1.5, title: "x" }, "version", "version must be a whole number."],
  ["PATCH", opportunity, { version: 1 }, "body", "Send what is to be changed: title, description, status or score."],
  [
    "PATCH",
    opportunity,
    { version: 1, status: "old" },
    "status",
    "status must be one of new, reviewing, planned, done, rejected.",
  ],
  ["PATCH", opportunity, { version: 1, score: 2 }, "score", "score must be a number from 0 to 1."],
])("%s %s with %j: %s is wrong", async (method, path, body, field, error) => {
  await start();
  expect(await send(path, method, asUser, body)).toEqual([400, { error, field }]);
});

test.each(["0", "169", "all"])("hours=%s is wrong", async (hours) => {
  await start({ PERF_METRICS_ENABLED: "true", ERROR_AGGREGATION_ENABLED: "true" });
  const refused = [400, { error: "hours must be a whole number from 1 to 168.", field: "hours" }];
  for (const path of ["performance/stats", "performance/slow", "errors/stats"])
    expect(await send(`${observability}/${path}?hours=${hours}`, "GET", asAdmin)).toEqual(refused);
});

test("what is not recorded is not there", async () => {
  await start({ PERF_METRICS_ENABLED: "false" });
  const off = (variable: string) => [404, { error: `Nothing is recorded: ${variable} is not "true" here.` }];
  expect(await send(`${observability}/performance/stats`, "GET", asAdmin)).toEqual(off("PERF_METRICS_ENABLED"));
  expect(await send(`${observability}/performance/slow`, "GET", asAdmin)).toEqual(off("PERF_METRICS_ENABLED"));
  expect(await send(`${observability}/errors/stats`, "GET", asAdmin)).toEqual(off("ERROR_AGGREGATION_ENABLED"));
});

test("other paths are not there, other methods are not taken", async () => {
  await start();
  expect(await send("/api/nothing?x=1")).toEqual([404, { error: "There is no /api/nothing here." }]);
  expect(await send(signals, "DELETE")).toEqual([405, { error: "/api/signals takes GET, POST, not DELETE." }]);
});

test("the runbook's metrics count API requests, faults included, probes not", async () => {
  await start({ STAND_IN_FAULTS: JSON.stringify([{ path: "/api/opportunities", status: 500, remaining: 1 }]) });
  await send("/health");
  await send("/api/nothing");
  expect((await ask("/api/opportunities", "GET", asUser)).status).toBe(500);
  for (let requests = 0; requests < 3; requests += 1) await send(signals);
  const reply = await ask(`${observability}/metrics/prometheus`, "GET", asAdmin);
  expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await reply.text();
  expect(text.match(/(?<=^# TYPE ).*/gm)).toEqual([
    "pm_requests_total counter",
    "pm_request_duration_ms histogram",
    "pm_errors_total counter",
    "pm_error_rate gauge",
    "pm_system_health gauge",
    "pm_component_health gauge",
    "pm_dead_letter_items gauge",
    "pm_unresolved_error_groups gauge",
  ]);
  expect(text.split("\n").filter((line) => /^pm_(?!request_duration)/.test(line))).toEqual([
    "pm_requests_total 4",
    "pm_errors_total 1",
    "pm_error_rate 25",
    "pm_system_health 0",
    'pm_component_health{component="database"} 0',
    'pm_component_health{component="redis"} 0',
    'pm_component_health{component="neo4jBacklog"} 0',
  ]);
  expect(text).toContain('pm_request_duration_ms_bucket{le="2000"} 4\n');
  // A scraper has no API key.
  expect(await (await ask("/metrics")).text()).toContain("pm_requests_total 5\n");
});

test("an error rate of no request is 0", async () => {
  await start();
  expect(await (await ask("/metrics")).text()).toContain("pm_error_rate 0\n");
});

test("the log has neither keys nor what is asked for", async () => {
  await start({ NEO4J_PASSWORD: "neo4j-s3cret", ERROR_AGGREGATION_ENABLED: "true" });
  await send(signals, "GET", { authorization: "Bearer other-s3cret" });
  await send(`${signals}?key=s3cret`, "POST", asUser, { content: "Slow", source: "s3cret" });
  await application.stop();
  expect(log.filter(({ event }) => event === "request")).toHaveLength(2);
  expect(JSON.stringify(log)).not.toContain("s3cret");
});

describe("the settings", () => {
  test("the defaults are the runbook's", () => {
    expect(readPmSettings({})).toEqual({
      adminKey: undefined,
      testApiKey: undefined,
      keyCacheMilliseconds: 300_000,
      keyCacheSize: 1_000,
      backlogSize: 10_000,
      backlogDays: 7,
      backlogRetries: 5,
      performanceMetrics: false,
      errorAggregation: false,
    });
  });

  test.each([
    ["API_KEY_CACHE_TTL_MS", "-1", "a whole number from 0 to 86400000"],
    ["API_KEY_CACHE_MAX_SIZE", "0", "a whole number from 1 to 1000000"],
    ["NEO4J_BACKLOG_MAX_SIZE", "many", "a whole number from 1 to 1000000"],
    ["NEO4J_BACKLOG_CLEANUP_DAYS", "1.5", "a whole number from 0 to 3650"],
    ["NEO4J_BACKLOG_MAX_RETRIES", "0", "a whole number from 1 to 1000"],
    ["PERF_METRICS_ENABLED", "1", "true or false"],
    ["ERROR_AGGREGATION_ENABLED", "yes", "true or false"],
  ])("%s=%s stops the start", async (name, value, expected) => {
    const refused = new SettingsError(`${name} is "${value}": set it to ${expected}.`);
    await expect(start({ [name]: value })).rejects.toThrow(refused);
  });
});
