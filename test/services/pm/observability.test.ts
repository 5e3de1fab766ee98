/** Requests and errors that the stand-in's role backend records, and the API that reports them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { asAdmin, asUser, Backend, flag, observability } from "./backend";
import { changes, pmSystem, runScripts } from "./pm";

jest.setTimeout(60_000);

let redis: ThrowAwayRedis;
let pm: SystemDatabase;
let backend: Backend;

startRedis((started) => (redis = started));
startSystem(pmSystem, async (created) => {
  pm = created;
  await runScripts(pm, "deploy", changes);
});
afterEach(async () => {
  await backend.stop();
  await redis.client.flushall();
  await pm.query("TRUNCATE performance_metrics, error_aggregation, error_occurrences");
});

const start = async (more: Record<string, string> = {}) => (backend = await Backend.start(pm, redis.url, more));
const failing = (remaining: number) => ({
  STAND_IN_FAULTS: JSON.stringify([{ path: "/api/opportunities", status: 500, remaining }]),
});
const ask = (path: string) => backend.send(`${observability}/${path}`, "GET", asAdmin);
const measured = () =>
  pm.query("SELECT endpoint, method, status_code::int AS status FROM performance_metrics ORDER BY id");

test("the health names what the system is made of", async () => {
  await start();
  const healthy = { status: "healthy", latencyMs: expect.any(Number) as number };
  const components = { database: healthy, redis: healthy, neo4jBacklog: { ...healthy, waiting: 0, limit: 10_000 } };
  expect(await ask("health")).toEqual([200, { status: "healthy", components }]);
  expect(await (await backend.ask("/metrics")).text()).toContain("pm_system_health 1\n");
});

test("before the first request all figures are 0", async () => {
  await start();
  expect(await ask("performance/stats?hours=1")).toEqual([200, { count: 0, p50: 0, p95: 0, p99: 0 }]);
  await backend.stop();
  await pm.query("TRUNCATE performance_metrics");
  await start();
  expect(await ask("errors/stats?hours=1")).toEqual([200, { requests: 0, errors: 0, errorRatePercent: 0 }]);
});

test("each request is recorded by its route, but for probes and maintenance", async () => {
  await start();
  await backend.ask("/health");
  await backend.ask("/api/signals?limit=1");
  await backend.ask("/api/signals", "POST", asUser, {});
  await redis.client.set(flag, "true");
  await backend.ask("/api/signals");
  await redis.client.del(flag);
  await backend.ask("/api/opportunities/7", "PATCH", asUser, {});
  await backend.stop();
  expect(await measured()).toEqual([
    { endpoint: "/api/signals", method: "GET", status: 200 },
    { endpoint: "/api/signals", method: "POST", status: 400 },
    { endpoint: "/api/opportunities/:id", method: "PATCH", status: 400 },
  ]);
  expect(await pm.query("SELECT FROM error_occurrences")).toEqual([]);
});

test("rows are written by themselves after a second", async () => {
  await start();
  await backend.ask("/api/signals");
  for (let waited = 0; (await measured()).length === 0; waited += 50) {
    if (waited > 10_000) throw new Error("waited for 10 s in vain");
    await sleep(50);
  }
});

test("the times of the last hours, and the slowest endpoints", async () => {
  await start();
  await pm.query(
    `INSERT INTO performance_metrics (endpoint, method, status_code, duration_ms, recorded_at)
     SELECT '/api/signals', 'GET', 200, n * 10, now() - interval '50 minutes' FROM generate_series(1, 101) AS n
     UNION ALL SELECT '/api/slow', 'GET', 200, 4000, now() - interval '90 minutes'`,
  );
  expect(await ask("performance/stats?hours=1")).toEqual([200, { count: 101, p50: 510, p95: 960, p99: 1000 }]);
  const [, slowest] = await ask("performance/slow?hours=2");
  expect((slowest as unknown[]).slice(0, 2)).toEqual([
    { endpoint: "/api/slow", method: "GET", count: 1, p50: 4000, p95: 4000, max: 4000 },
    { endpoint: "/api/signals", method: "GET", count: 101, p50: 510, p95: 960, max: 1010 },
  ]);
});

test("errors that are the same are one, with each time that it occurred", async () => {
  await start(failing(2));
  for (let requests = 0; requests < 4; requests += 1) await backend.ask("/api/opportunities");
  expect(await ask("errors/stats")).toEqual([200, { requests: 4, errors: 2, errorRatePercent: 50 }]);
  expect(
    await pm.query(
      `SELECT error_type, error_aggregation.message, severity, status, occurrence_count::int AS count, endpoint, method,
         context, error_occurrences.occurred_at BETWEEN first_seen_at AND last_seen_at AS seen
       FROM error_aggregation JOIN error_occurrences ON error_id = error_aggregation.id`,
    ),
  ).toEqual(
    Array(2).fill({
      error_type: "http_500",
      message: "It was answered with 500.",
      severity: "error",
      status: "unresolved",
      count: 2,
      endpoint: "/api/opportunities",
      method: "GET",
      context: { release: "2.0" },
      seen: true,
    }),
  );
});

test("one that was resolved is not, when it occurs again; one that is ignored stays so", async () => {
  await start(failing(3));
  const status = () => pm.query("SELECT status, occurrence_count::int AS count FROM error_aggregation");
  await backend.ask("/api/opportunities");
  await ask("errors/stats");
  await pm.query("UPDATE error_aggregation SET status = 'resolved', resolved_at = now()");
  await backend.ask("/api/opportunities");
  await ask("errors/stats");
  expect(await status()).toEqual([{ status: "unresolved", count: 2 }]);
  await pm.query("UPDATE error_aggregation SET status = 'ignored'");
  await backend.ask("/api/opportunities");
  await ask("errors/stats");
  expect(await status()).toEqual([{ status: "ignored", count: 3 }]);
});

test("an earlier release's errors are not the next one's", async () => {
  await start(failing(1));
  await backend.ask("/api/opportunities");
  await backend.stop();
  await start({ RELEASE: "2.1" });
  await backend.ask("/api/opportunities");
  expect(await ask("errors/stats?hours=1")).toEqual([200, { requests: 2, errors: 0, errorRatePercent: 0 }]);
});

test("an error that nobody expected has its stack on record, and is not told", async () => {
  await start();
  await pm.query("REVOKE SELECT ON signals FROM pm_app");
  expect(await backend.send("/api/signals")).toEqual([500, { error: "Something unexpected failed; see the log." }]);
  await pm.query("GRANT SELECT ON signals TO pm_app");
  await backend.stop();
  const error = "permission denied for table signals";
  expect(
    await pm.query(
      `SELECT error_type, error_occurrences.message, stack LIKE 'error: ' || error_occurrences.message || '%' AS stack
       FROM error_occurrences JOIN error_aggregation ON error_id = error_aggregation.id`,
    ),
  ).toEqual([{ error_type: "error", message: error, stack: true }]);
});

test("a request is answered while nothing can be recorded, and is recorded afterwards", async () => {
  await start();
  await pm.query("REVOKE INSERT ON performance_metrics FROM pm_app");
  await backend.ask("/api/signals");
  expect((await ask("performance/stats"))[1]).toMatchObject({ count: 0 });
  expect((await backend.ask("/api/signals")).status).toBe(200);
  await pm.query("GRANT INSERT ON performance_metrics TO pm_app");
  expect((await ask("performance/stats"))[1]).toMatchObject({ count: 3 });
  expect(backend.log.filter(({ event }) => event === "not recorded yet")).toEqual([
    {
      event: "not recorded yet",
      what: "times of requests",
      error: "permission denied for table performance_metrics",
    },
  ]);
});
