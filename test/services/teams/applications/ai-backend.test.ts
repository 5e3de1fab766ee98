/** The team's AI Backend: what the guide's commands print. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import parsePrometheus from "parse-prometheus-text-format";
import { smokeTests } from "../../../../systems/ai-backend/checks";
import { aiBackendConfiguration } from "../../../../systems/ai-backend/settings";
import { declared } from "../../../support/declared";
import { ThrowAwayRedis } from "../../redis";
import { TeamDatabase } from "../team-database";
import { aiBackend } from "../teams";
import { Application, databaseVariables } from "./application";
import { expectPassed } from "./default-checks";

jest.setTimeout(120_000);

let database: TeamDatabase;
let redis: ThrowAwayRedis;
let application: Application;
beforeAll(async () => {
  [database, redis] = await Promise.all([TeamDatabase.start(aiBackend), ThrowAwayRedis.start()]);
  const supabase = {
    SUPABASE_URL: "https://ai.supabase.co",
    SUPABASE_SERVICE_KEY: "service",
    SUPABASE_ANON_KEY: "anon",
  };
  application = await Application.start("ai-backend", {
    variables: { ...databaseVariables(database), REDIS_URL: redis.url, DATABASE_TIMEOUT_SECONDS: "1", ...supabase },
    writable: ["logs"],
  });
});
afterAll(async () => {
  await Promise.all([database?.stop(), redis?.stop()]);
});

/** Samples of /metrics by name and labels. */
async function samples(): Promise<Record<string, string>> {
  const { status, headers, body } = await application.ask("/metrics");
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  return Object.fromEntries(
    parsePrometheus(body as string).flatMap(({ name, metrics }) =>
      metrics.map((sample) => {
        const { labels = {}, value } = sample as { labels?: Record<string, string>; value?: string };
        return [[name, ...Object.values(labels)].join(" "), value ?? ""] as const;
      }),
    ),
  );
}

test.each(["/health", "/health/live", "/health/ready", "/health/startup"])("GET %s", async (path) => {
  expect(await application.answer(path)).toEqual({ status: 200, body: "OK" });
});

test("GET /health/detailed has .checks.ml_models and .checks.redis", async () => {
  const stats = { hits: 0, misses: 0, hit_rate: 0 };
  expect(await application.answer("/health/detailed")).toEqual({
    status: 200,
    body: {
      status: "ok",
      checks: { database: { status: "ok" }, redis: { status: "ok", ...stats }, ml_models: { status: "ok", loaded: 2 } },
    },
  });
});

test("POST /health/test/database", async () => {
  const posted = await application.answer("/health/test/database", { method: "POST" });
  expect(posted).toEqual({ status: 200, body: { status: "ok" } });
});

test("GET /metrics has the guide's five metrics, printed by Prometheus' own client", async () => {
  await redis.client.set("a", "1");
  await Promise.all([redis.client.get("a"), redis.client.get("a"), redis.client.get("a"), redis.client.get("b")]);
  const exported = await samples();
  expect(exported).toMatchObject({
    ai_backend_health_status: "1.0",
    ai_backend_cache_hit_rate: "0.75",
    "ai_backend_model_accuracy fraud_detection": "0.91",
    "ai_backend_model_accuracy nlp_invoice": "0.84",
    "ai_backend_component_health database": "1.0",
    "ai_backend_component_health redis": "1.0",
    "ai_backend_component_health ml_models": "1.0",
  });
  expect(Number(exported.ai_backend_requests_per_minute)).toBeGreaterThanOrEqual(6);
});

test("all else is 404", async () => {
  const unknown = await Promise.all([
    ...["/", "/health/", "/api/health", "/health/test/database"].map((path) => application.ask(path)),
    ...["/health", "/health/test/redis"].map((path) => application.ask(path, { method: "POST" })),
  ]);
  expect(unknown.map(({ status }) => status)).toEqual(unknown.map(() => 404));
});

test("the default checks pass", async () => {
  const checks = smokeTests(declared(aiBackendConfiguration, { api: "registry.example/ai-backend" }).settings);
  await expectPassed(checks, database, { API_URL: application.url });
});

test("it logs where the guide says", () => {
  const logs = join(application.directory.app, "logs");
  expect(readFileSync(join(logs, "ai_backend.log"), "utf8")).toMatch(/Server started on port \d+\n/);
  expect(readFileSync(join(logs, "audit/ai_audit.log"), "utf8")).toMatch(/^(POST \/health\/test\/database\n)+$/);
  expect(existsSync(join(logs, "audit/ai_security.log"))).toBe(true);
});

test("without its cache it is unhealthy, and serves", async () => {
  await redis.stop();
  expect(await application.answer("/health/detailed")).toMatchObject({
    status: 503,
    body: { status: "error", checks: { database: { status: "ok" }, redis: { status: "error" } } },
  });
  expect((await application.ask("/health/ready")).status).toBe(200);
  const down = { ai_backend_health_status: "0.0", "ai_backend_component_health redis": "0.0" };
  expect(await samples()).toMatchObject(down);
});

test("without its database it is not ready, and lives", async () => {
  await database.server.postgres.suspend();
  const paths = ["/health", "/health/detailed", "/health/ready", "/health/live", "/health/startup"];
  const answers = await Promise.all(paths.map((path) => application.ask(path)));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 200, 200]);
  expect(await application.answer("/health/test/database", { method: "POST" })).toEqual({
    status: 503,
    body: { error: "unavailable" },
  });
  expect(await samples()).toMatchObject({ "ai_backend_component_health database": "0.0" });
});
