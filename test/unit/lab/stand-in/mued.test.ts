/** Role of MUED LMS without a database, and the metrics that it makes from a database's rows. */
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { openDatabase, type Database } from "../../../../lab/stand-in/core/database";
import { Metrics } from "../../../../lab/stand-in/core/metrics";
import { readSettings } from "../../../../lab/stand-in/core/settings";
import { mued } from "../../../../lab/stand-in/mued";
import { exportMetrics } from "../../../../lab/stand-in/mued/metrics";

let application: Application;

beforeAll(async () => {
  const environment = {
    STAND_IN_SYSTEM: "mued",
    STAND_IN_ROLE: "web",
    PORT: "0",
    DRAIN_SECONDS: "0",
    RELEASE: "2.0.0",
  };
  application = await startApplication(readSettings(environment), mued, () => undefined);
});
afterAll(() => application.stop());

async function send(path: string, method = "GET", body?: unknown): Promise<[number, unknown]> {
  const url = `http://127.0.0.1:${application.port}${path}`;
  const headers = { connection: "close" };
  const reply = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return [reply.status, await reply.json()];
}

test("it is not ready without its database, and needs no Redis", async () => {
  const failed = { database: "DATABASE_URL is not set." };
  expect(await send("/ready")).toMatchObject([503, { ready: false, failed }]);
  expect(await send("/api/ai/chat", "POST", { query: "test" })).toEqual([503, { error: "DATABASE_URL is not set." }]);
});

test("the checklist's health endpoint says what is wrong", async () => {
  const body = {
    status: "unhealthy",
    system: "mued",
    release: "2.0.0",
    checks: { database: "DATABASE_URL is not set." },
  };
  expect(await send("/api/health")).toMatchObject([503, body]);
});

test.each([
  [[], "body", "Send a JSON object as the body."],
  [{}, "query", "query must be a text that is not empty."],
  [{ query: "test", userId: "me" }, "userId", "userId must be a UUID."],
  [{ query: "test", sessionId: 1 }, "sessionId", "sessionId must be a UUID."],
])("a chat with %j", async (body, field, error) => {
  expect(await send("/api/ai/chat", "POST", body)).toEqual([400, { error, field }]);
});

/** Scraped metrics, with this query function as the database. */
async function samples(query: Database["query"]): Promise<string[]> {
  const metrics = new Metrics();
  exportMetrics({ metrics, database: { ...openDatabase(undefined, () => undefined), query } });
  return (await metrics.scrape()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("the latest day's figures are metrics, without those that were not measured", async () => {
  const row = { citation_rate: 82.5, latency_p50_seconds: 1.2, cost_per_answer_jpy: 0, slo_met: 0 };
  const rows = [{ ...row, metrics_age_seconds: null }];
  expect(await samples(<Row>() => Promise.resolve(rows as Row[]))).toEqual([
    "mued_rag_citation_rate 82.5",
    "mued_rag_latency_p50_seconds 1.2",
    "mued_rag_cost_per_answer_jpy 0",
    "mued_rag_slo_met 0",
  ]);
});

test("before the first day, and while the database is away, there are none", async () => {
  expect(await samples(() => Promise.resolve([]))).toEqual([]);
  expect(await samples(() => Promise.reject(new Error("away")))).toEqual([]);
});
