/** AI backend with an in-memory database and Redis: its cache and its components. */
import { createComponents, inspect } from "../../../../lab/stand-in/ai-backend/components";
import { healthRoutes } from "../../../../lab/stand-in/ai-backend/health-routes";
import { inferenceRoutes } from "../../../../lab/stand-in/ai-backend/inference";
import { ModelStore } from "../../../../lab/stand-in/ai-backend/model-store";
import { models } from "../../../../lab/stand-in/ai-backend/models";
import { exportMetrics } from "../../../../lab/stand-in/ai-backend/monitoring";
import { prefix, ResultCache } from "../../../../lab/stand-in/ai-backend/result-cache";
import { readAiBackendSettings } from "../../../../lab/stand-in/ai-backend/settings";
import { openDatabase, type Database } from "../../../../lab/stand-in/core/database";
import type { Faults } from "../../../../lab/stand-in/core/faults";
import type { Answer } from "../../../../lab/stand-in/core/http";
import { Metrics } from "../../../../lab/stand-in/core/metrics";
import { openRedis, type Redis } from "../../../../lab/stand-in/core/redis";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import { MemoryRedis } from "./memory-redis";
import { newModelDirectory, removeDirectories, writeModel } from "./model-directory";

const nothing = () => undefined;
const settings = readAiBackendSettings({});
const series = { values: [100, 110, 120, 130] };
const database: Database = {
  ...openDatabase(undefined, nothing),
  check: () => Promise.resolve(),
  query: <Row>() => Promise.resolve([{ serverMaxConnections: 100, serverConnections: 7 }] as Row[]),
};

let computed: string[];
let directory: string;
beforeEach(async () => {
  computed = [];
  directory = await newModelDirectory();
});
afterEach(removeDirectories);

/** Replica of the AI backend that uses this Redis. */
async function replica(redis: Redis) {
  const faults: Faults = {
    take: (_method, path) => {
      if (path.startsWith("model:")) computed.push(path);
      return Promise.resolve(undefined);
    },
  };
  const store = new ModelStore(directory, 5, models, faults, nothing);
  await store.open();
  const cache = new ResultCache(redis);
  const components = createComponents({ database, redis }, settings, store, cache);
  const metrics = new Metrics();
  exportMetrics({ metrics }, components, store, cache);
  const identity = readSettings({ STAND_IN_SYSTEM: "ai-backend", STAND_IN_ROLE: "api" });
  const routes = [
    ...inferenceRoutes({ faults, log: nothing }, settings, store, cache),
    ...healthRoutes(identity, components, store),
  ];
  const ask = async (path: string, body?: unknown): Promise<Answer> => {
    const request = { params: {}, query: new URLSearchParams(), headers: {}, body };
    return routes.find((route) => route.path === path)!.handle(request);
  };
  const forecast = async (body: unknown = series) => (await ask("/api/predictive-analytics", body)).body;
  const scrape = async () => (await metrics.scrape()).split("\n").filter((line) => /^ai_backend_[^m]/.test(line));
  return { ask, forecast, scrape, cache, components };
}

const result = { model: "predictive_analytics", forecast: [140], direction: "rising", standIn: true };

test("a result is computed once, for all replicas, and the hit rate is measured", async () => {
  const redis = new MemoryRedis();
  const [one, other] = [await replica(redis), await replica(redis)];
  expect(await one.forecast()).toEqual({ ...result, version: "1.0.0", cached: false });
  expect(await one.forecast()).toEqual({ ...result, version: "1.0.0", cached: true });
  expect(await other.forecast()).toEqual({ ...result, version: "1.0.0", cached: true });
  expect(await one.forecast({ ...series, periods: 2 })).toMatchObject({ cached: false, forecast: [140, 150] });
  expect(computed).toHaveLength(2);
  expect(redis.keys().every((key) => key.startsWith(`${prefix}predictive_analytics:`))).toBe(true);
  expect(one.cache.details()).toEqual({ hits: 1, misses: 2, hitRate: 1 / 3, keepSeconds: 300 });
  expect(await other.scrape()).toContain("ai_backend_cache_hit_rate 1");
});

test("a model with another content has other results", async () => {
  const redis = new MemoryRedis();
  await (await replica(redis)).forecast();
  writeModel(`${directory}/predictive_analytics.json`, "2.0.0", { tolerance: 1 });
  const expected = { ...result, version: "2.0.0", direction: "flat", cached: false };
  expect(await (await replica(redis)).forecast()).toEqual(expected);
});

test("results are kept for five minutes", async () => {
  const redis = new MemoryRedis();
  const set = jest.spyOn(redis, "set");
  await (await replica(redis)).forecast();
  const value = '{"forecast":[140],"direction":"rising"}';
  expect(set.mock.calls).toEqual([[expect.stringContaining(prefix), value, "EX", 300]]);
});

test("without Redis, and with a value in it that is none, all is computed", async () => {
  const without = await replica(openRedis(undefined, nothing));
  expect(await without.forecast()).toMatchObject({ cached: false });
  expect(await without.forecast()).toMatchObject({ cached: false });
  const broken = new MemoryRedis();
  jest.spyOn(broken, "get").mockResolvedValue("{");
  expect(await (await replica(broken)).forecast()).toMatchObject({ cached: false });
  expect(computed).toHaveLength(3);
  expect(await without.scrape()).toContain("ai_backend_cache_hit_rate 0");
});

test("a Redis that does not answer costs a quarter of a second", async () => {
  const redis = new MemoryRedis();
  const silent = jest.spyOn(redis, "get").mockReturnValue(new Promise(() => undefined));
  const waiting = await replica(redis);
  const start = Date.now();
  expect(await waiting.forecast()).toMatchObject({ cached: false });
  // Without a timeout the request would hang. The limit is above a quarter of a second, since other tests keep the
  // machine busy.
  expect(Date.now() - start).toBeLessThan(3_000);
  expect(silent).toHaveBeenCalledTimes(1);
});

test("all is healthy", async () => {
  const { ask, scrape } = await replica(new MemoryRedis());
  const details = { maxConnections: 5, timeoutSeconds: 10, serverMaxConnections: 100, serverConnections: 7 };
  expect(await ask("/health/detailed")).toMatchObject({
    status: 200,
    body: {
      status: "healthy",
      checks: {
        database: { status: "healthy", details },
        redis: { status: "healthy" },
        ml_models: { status: "healthy" },
        cache: { status: "healthy" },
      },
    },
  });
  expect(await scrape()).toEqual([
    "ai_backend_health_status 1",
    'ai_backend_component_health{component="database"} 1',
    'ai_backend_component_health{component="redis"} 1',
    'ai_backend_component_health{component="ml_models"} 1',
    'ai_backend_component_health{component="cache"} 1',
    "ai_backend_cache_hit_rate NaN",
  ]);
});

test("without its cache it is degraded, and serves", async () => {
  const full = new MemoryRedis();
  jest.spyOn(full, "set").mockRejectedValue(new Error("OOM command not allowed"));
  const { ask, forecast, scrape } = await replica(full);
  expect(await forecast()).toMatchObject({ forecast: [140] });
  expect(await ask("/health/detailed")).toMatchObject({
    status: 200,
    body: {
      status: "degraded",
      checks: { redis: { status: "healthy" }, cache: { status: "unhealthy", error: "OOM command not allowed" } },
    },
  });
  const samples = await scrape();
  expect(samples).toContain("ai_backend_health_status 1");
  expect(samples).toContain('ai_backend_component_health{component="cache"} 0');
});

test("a cache that forgets what it was given is not healthy", async () => {
  const forgetful = new MemoryRedis();
  jest.spyOn(forgetful, "get").mockResolvedValue(null);
  const { components } = await replica(forgetful);
  expect(await inspect(components.cache)).toMatchObject({ error: "what was written could not be read back" });
});
