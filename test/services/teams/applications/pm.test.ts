/** PM Intelligence's backend and frontend: what the runbook's commands print. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accessible, backendServices, smokeTests } from "../../../../systems/pm/checks";
import { pmConfiguration } from "../../../../systems/pm/settings";
import { declared } from "../../../support/declared";
import { ThrowAwayRedis } from "../../redis";
import { TeamDatabase } from "../team-database";
import { pm } from "../teams";
import { Application, bearer, databaseVariables, until } from "./application";
import { expectPassed } from "./default-checks";

jest.setTimeout(120_000);

let database: TeamDatabase;
let redis: ThrowAwayRedis;
let backend: Application;
const start = (variables: Record<string, string> = {}) => {
  const own = { ADMIN_KEY: "admin", TEST_API_KEY: "user", REDIS_URL: redis.url };
  const all = { ...databaseVariables(database), ...own, ...variables };
  return Application.start("pm-backend", { variables: all, release: "2.0", writable: ["backend/logs"] });
};
beforeAll(async () => {
  [database, redis] = await Promise.all([TeamDatabase.start(pm), ThrowAwayRedis.start()]);
  await database.deployRest();
  backend = await start();
});
afterAll(async () => {
  await Promise.all([database?.stop(), redis?.stop()]);
});

const asUser = { headers: bearer("user") };
const asAdministrator = { headers: bearer("admin") };
const observability = "/api/admin/observability";
const logFile = (name: string) => readFileSync(join(backend.directory.app, "backend/logs", name), "utf8");
const statuses = async (paths: readonly string[], headers = {}) =>
  (await Promise.all(paths.map((path) => backend.ask(path, { headers })))).map(({ status }) => status);

const recorded = async (condition: string) =>
  (await database.query(`SELECT count(*)::int AS rows FROM performance_metrics WHERE ${condition}`))[0]!.rows;

test("Verify deployment: the version", async () => {
  expect(await backend.answer("/health")).toEqual({ status: 200, body: { status: "ok", version: "2.0" } });
});

test("Check logs: logs/combined.log", () => {
  expect(logFile("combined.log")).toMatch(/^Server started on port \d+$/m);
});

describe("Smoke Tests", () => {
  test("1. Health check", async () => {
    expect(await backend.answer("/api/health")).toEqual({ status: 200, body: { status: "ok" } });
  });

  test("2. Authentication: JSON array of signals", async () => {
    const { status, body } = await backend.answer("/api/signals?limit=1", asUser);
    expect(status).toBe(200);
    expect(body).toEqual([expect.objectContaining({ source: "slack", external_id: expect.any(String) as string })]);
    expect((await backend.ask("/api/signals", asUser)).body).toHaveLength(30);
    const refused = await Promise.all([
      backend.ask("/api/signals"),
      backend.ask("/api/signals", { headers: bearer("x") }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 401]);
    expect(await backend.answer("/api/signals?limit=0", asUser)).toEqual({
      status: 400,
      body: { error: "limit is not a number from 1 to 10000" },
    });
  });

  test("3. Create signal: 201 Created", async () => {
    const body = { content: "Test signal", source: "test" };
    const created = await backend.answer("/api/signals", { ...asUser, body });
    expect(created).toMatchObject({ status: 201, body });
    const [stored] = await database.query("DELETE FROM signals WHERE source = 'test' RETURNING id, content");
    expect(created.body).toMatchObject(stored!);
    expect((await backend.ask("/api/signals", { ...asUser, body: { content: "" } })).status).toBe(400);
  });

  test("4. Get opportunities: JSON array", async () => {
    const { status, body } = await backend.answer("/api/opportunities", asUser);
    expect([status, (body as unknown[]).length]).toEqual([200, 7]);
  });

  test("5. Export data: CSV download", async () => {
    const { status, headers, body } = await backend.ask("/api/signals/export?format=csv", asUser);
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(headers.get("content-disposition")).toBe('attachment; filename="signals.csv"');
    const lines = (body as string).trimEnd().split("\r\n");
    expect([lines.length, lines[0]]).toEqual([31, "id,source,content,external_id,created_at"]);
    expect((await backend.ask("/api/signals/export?format=json", asUser)).body).toHaveLength(30);
    expect((await backend.ask("/api/signals/export?format=pdf", asUser)).status).toBe(400);
  });

  test("6. Observability dashboard: system health JSON", async () => {
    const expected = { status: 200, body: { status: "healthy" } };
    expect(await backend.answer(`${observability}/health`, asAdministrator)).toEqual(expected);
    expect(await statuses([`${observability}/health`])).toEqual([401]);
    expect(await statuses([`${observability}/health`], bearer("user"))).toEqual([403]);
  });
});

test("Monitor Key Metrics: what was recorded in the last hour", async () => {
  const opportunities = "endpoint = '/api/opportunities' AND method = 'GET' AND status_code = 200";
  await until(async () => (await recorded(opportunities)) === 1);
  // It records nothing itself, so that what is there is known.
  const reader = await start({ PERF_METRICS_ENABLED: "false" });
  await database.query(`TRUNCATE performance_metrics;
    INSERT INTO performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
    VALUES ('/api/signals', 'GET', 500, 2500, now()), ('/api/signals', 'GET', 200, 2000, now()),
      ('/api/signals', 'GET', 500, 9, now() - interval '2 hours')`);
  const stats = (path: string) => reader.answer(`${observability}/${path}?hours=1`, asAdministrator);
  expect(await stats("performance/stats")).toEqual({ status: 200, body: { requests: 2, p95_ms: 2475 } });
  const errors = { requests: 2, errors: 1, error_rate: 50, unresolved: 0 };
  expect(await stats("errors/stats")).toEqual({ status: 200, body: errors });
  expect((await stats("performance/slow")).body).toMatchObject([
    { duration_ms: "2500.000" },
    { duration_ms: "2000.000" },
  ]);
  expect((await reader.answer(`${observability}/errors/stats`, asAdministrator)).body).toMatchObject({ requests: 3 });
});

test("Verify Prometheus Metrics", async () => {
  const { status, headers, body } = await backend.ask(`${observability}/metrics/prometheus`, asAdministrator);
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const metrics = [
    ...[/^pm_requests_total [1-9]\d*\.0$/m, /^pm_request_duration_ms_bucket\{le="2000.0"\} \d+\.0$/m],
    ...[/^pm_errors_total 0\.0$/m, /^pm_error_rate 0\.0$/m, /^pm_system_health 1\.0$/m],
  ];
  for (const metric of metrics) expect(body).toMatch(metric);
});

test("Backlog Cleanup, and the dead letter queue", async () => {
  await database.query(`INSERT INTO neo4j_sync_backlog (operation, entity_type, entity_id, status, completed_at)
    VALUES ('create', 'signal', '1', 'completed', now() - interval '8 days'), ('create', 'signal', '2', 'completed', now())`);
  const cleanup = { ...asAdministrator, method: "POST" };
  expect(await backend.answer("/api/admin/neo4j/backlog/cleanup", cleanup)).toEqual({
    status: 200,
    body: { removed: 1 },
  });
  expect(await backend.answer("/api/admin/neo4j/dead-letter", asAdministrator)).toEqual({ status: 200, body: [] });
});

test("all else is 404", async () => {
  expect(await statuses(["/", "/metrics", "/api", "/api/signals/1", "/api/opportunities/"])).toEqual(
    Array<number>(5).fill(404),
  );
  expect((await backend.ask("/health", { method: "POST" })).status).toBe(404);
});

test("Maintenance Mode: 503 while its flag is in Redis, and the page", async () => {
  const frontend = await Application.start("pm-frontend", { variables: { REDIS_URL: redis.url } });
  expect(await frontend.answer("/")).toMatchObject({
    status: 200,
    body: expect.stringContaining("PM Intelligence</body>") as string,
  });
  await redis.client.set("maintenance_mode", "true");
  const { status, headers, body } = await backend.ask("/api/signals", asUser);
  expect([status, headers.get("retry-after"), body]).toEqual([503, "60", { error: "maintenance" }]);
  expect(await statuses(["/health", "/api/health", "/nowhere"])).toEqual([200, 503, 503]);
  expect((await frontend.answer("/")).body).toContain("We are back soon.");
  expect(await recorded("status_code = 503")).toBe(0);
  await redis.client.del("maintenance_mode");
  expect(await statuses(["/api/signals"], bearer("user"))).toEqual([200]);
});

test("the default checks pass, in the maintenance and after it", async () => {
  const frontend = await Application.start("pm-frontend", { variables: { REDIS_URL: redis.url } });
  const system = declared(pmConfiguration, {
    backend: "registry.example/backend",
    frontend: "registry.example/frontend",
  });
  const urls = { BACKEND_URL: backend.url, FRONTEND_URL: frontend.url };
  const environment = { ...urls, ADMIN_KEY: "admin", TEST_API_KEY: "user" };
  await redis.client.set("maintenance_mode", "true");
  await expectPassed({ checks: backendServices(system) }, database, environment);
  await redis.client.del("maintenance_mode");
  await expectPassed(smokeTests(system), database, environment);
  await expectPassed({ checks: accessible(system) }, database, environment);
  expect(await database.query("SELECT FROM signals WHERE source = 'test'")).toEqual([]);
});

test("a limit of requests is answered with 429", async () => {
  const limited = await start({ RATE_LIMIT_PER_MINUTE: "2" });
  const answers = [];
  // Not across the end of a minute, where the count begins anew.
  if (Date.now() % 60_000 > 55_000) await sleep(6_000);
  for (let n = 0; n < 3; n += 1) answers.push(await limited.ask("/api/signals", asUser));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(Number(answers[2]!.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  expect((await limited.ask("/health")).status).toBe(200);
});

test("without its database it is unhealthy", async () => {
  await database.server.postgres.suspend();
  expect(await statuses(["/health", "/api/health"])).toEqual([503, 503]);
  const { body } = await backend.ask(`${observability}/metrics/prometheus`, asAdministrator);
  expect(body).toMatch(/^pm_system_health 0\.0$/m);
  expect(logFile("error.log")).toMatch(/^GET \/health: /m);
});
