/** Role phase4 of the stand-in on a real PostgreSQL and a real Redis: from a customer's message to its analysis. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApplication, type Application } from "../../../lab/stand-in/core/application";
import { readSettings } from "../../../lab/stand-in/core/settings";
import { omniops as system } from "../../../lab/stand-in/omniops";
import type { ThrowAwayPostgres } from "../postgres";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem, smokeTest } from "./omniops";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let redis: ThrowAwayRedis;
let omniops: SystemDatabase;
let application: Application;

startRedis((started) => (redis = started));
startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  omniops = created;
  await omniops.sqitch("deploy");
  await omniops.query(
    `INSERT INTO public.escalation_rules (customer_id, name, threshold, enabled)
     VALUES ('smoke-test', 'Angry', NULL, true), ('smoke-test', 'Furious', 0.1, true), ('smoke-test', 'Off', 1, false)`,
  );
});
afterEach(async () => {
  await application.stop();
  await redis.client.flushall();
  await omniops.query("DELETE FROM public.messages");
});

/** Starts the role with these features enabled for the smoke tests' customer. */
async function start(features: readonly string[], environment: Record<string, string> = {}): Promise<void> {
  const file = join(postgres.directory, "rollout.json");
  const entry = { enabled: true, rollout_percentage: 0, beta_customers: [smokeTest.customer] };
  writeFileSync(file, JSON.stringify(Object.fromEntries(features.map((feature) => [feature, entry]))));
  const { user, database } = omniops.app;
  const settings = readSettings({
    STAND_IN_SYSTEM: "omniops",
    STAND_IN_ROLE: "phase4",
    PORT: "0",
    DRAIN_SECONDS: "0",
    DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(postgres.directory)}`,
    REDIS_URL: redis.url,
    FEATURE_ROLLOUT_FILE: file,
    FEATURE_SENTIMENT_ANALYSIS: "true",
    FEATURE_AUTO_ESCALATION: "true",
    ...environment,
  });
  application = await startApplication(settings, system, () => undefined);
  await until(async () => (await ask("/api/ready"))[0] === 200);
}

async function ask(path: string, body?: unknown): Promise<[number, Record<string, unknown>]> {
  const url = `http://127.0.0.1:${application.port}${path}`;
  const post = { method: "POST", body: JSON.stringify(body) };
  const reply = await fetch(url, { headers: { connection: "close" }, ...(body === undefined ? {} : post) });
  return [reply.status, (await reply.json()) as Record<string, unknown>];
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 50) {
    if (waited > 15_000) throw new Error("waited for 15 s in vain");
    await sleep(50);
  }
}

const messages = `/api/conversations/${smokeTest.conversation}/messages`;

/** Posts a customer's message, and waits until its analysis has the status. */
async function analysed(content: string, status = "completed"): Promise<[number, Record<string, unknown>]> {
  const [, { id }] = await ask(messages, { content });
  const path = `/api/messages/${String(id)}/sentiment`;
  await until(async () => (await ask(path))[1].status === status);
  return ask(path);
}

const metric = async (name: string) => {
  const text = await (await fetch(`http://127.0.0.1:${application.port}/metrics`)).text();
  const value = new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
};

const events = () =>
  omniops.query<{ name: string; reason: string }>(
    "SELECT name, reason FROM public.escalation_events JOIN public.escalation_rules ON rule_id = escalation_rules.id",
  );

test("a message is analysed where the feature is on, and measured", async () => {
  await start(["sentiment_analysis"]);
  expect(await ask(messages, { content: "Hello" })).toEqual([
    201,
    { id: expect.any(String) as string, analysis: "queued" },
  ]);
  const [status, answer] = await analysed("Thank you, this is great");
  expect([status, answer]).toEqual([
    200,
    { messageId: expect.any(String) as string, status: "completed", score: 1, label: "positive" },
  ]);
  expect(await metric("omniops_ml_api_requests_total")).toBe(2);
  expect(await metric("omniops_sentiment_latency_seconds_count")).toBe(2);
  expect(await metric("omniops_ml_api_availability")).toBe(1);
  expect(await metric("omniops_ml_api_cost_daily")).toBe(0.0008);
  expect(await metric("omniops_queue_lag_seconds")).toBe(0);
  expect(await metric("omniops_phase4_errors_total")).toBe(0);
  expect(await metric("omniops_phase4_requests_total")).toBeGreaterThanOrEqual(4);
  expect(await events()).toEqual([]);
});

test("nothing is analysed where the feature is off, and no agent's message", async () => {
  await start(["sentiment_analysis"], { FEATURE_SENTIMENT_ANALYSIS: "false" });
  const [, { id, analysis }] = await ask(messages, { content: "Hello" });
  expect([analysis, (await ask(`/api/messages/${String(id)}/sentiment`))[0]]).toEqual(["off", 404]);
  await application.stop();
  await start(["sentiment_analysis"]);
  expect((await ask(messages, { content: "Hello", role: "agent" }))[1].analysis).toBe("off");
  expect(await omniops.query("SELECT FROM public.sentiment_analysis")).toEqual([]);
});

test("an angry message is escalated once by each rule, however often its job runs", async () => {
  await start(["sentiment_analysis", "auto_escalation"]);
  const [, { messageId, score }] = await analysed("This is terrible");
  expect(score).toBe(0.25);
  await until(async () => (await events()).length === 1);
  const job = { id: messageId, data: { messageId }, attempts: 0, enqueuedAt: new Date().toISOString() };
  await redis.client.lpush("bull:sentiment-analysis:wait", JSON.stringify(job));
  await until(async () => (await metric('queue_jobs_processed_total{queue="sentiment-analysis"}')) === 2);
  expect(await events()).toEqual([{ name: "Angry", reason: "The sentiment is 0.25, below 0.3" }]);
  expect(await metric("omniops_ml_api_requests_total")).toBe(1);
});

test("three failures of the ML API leave a failed analysis, which is analysed again", async () => {
  const fault = { path: "ml-api", status: 503, body: "overloaded", remaining: 3 };
  await start(["sentiment_analysis"], { STAND_IN_FAULTS: JSON.stringify([fault]) });
  const [, { messageId, score, label }] = await analysed("Thank you", "failed");
  expect([score, label]).toEqual([null, null]);
  expect(await omniops.query("SELECT error, attempts::int FROM public.sentiment_analysis")).toEqual([
    { error: "the ML API answered 503: overloaded", attempts: 1 },
  ]);
  expect(await metric("omniops_ml_api_errors_total")).toBe(3);
  expect(await metric("omniops_ml_api_availability")).toBe(0);

  const job = { id: messageId, data: { messageId }, attempts: 0, enqueuedAt: new Date().toISOString() };
  await redis.client.lpush("bull:sentiment-analysis:wait", JSON.stringify(job));
  await until(async () => (await ask(`/api/messages/${String(messageId)}/sentiment`))[1].status === "completed");
});

test("a conversation that is not there, and a message that was never analysed", async () => {
  await start([]);
  const nobody = "00000000-0000-4000-8000-00000000dead";
  expect(await ask(`/api/conversations/${nobody}/messages`, { content: "Hello" })).toEqual([
    404,
    { error: "There is no such conversation." },
  ]);
  expect(await ask(`/api/messages/${nobody}/sentiment`)).toEqual([
    404,
    { error: "There is no analysis of such a message." },
  ]);
});
