/** Role of OmniOps without a database and Redis, and its metrics. The tests with both are in test/services/omniops. */
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";
import { omniops } from "../../../../lab/stand-in/omniops";
import { RecentOutcomes } from "../../../../lab/stand-in/core/recent-outcomes";
import { scoreSentiment } from "../../../../lab/stand-in/omniops/scorer";
import { features, readOmniOpsSettings } from "../../../../lab/stand-in/omniops/settings";

const conversationId = "00000000-0000-4000-8000-000000000002";
const environment = { STAND_IN_SYSTEM: "omniops", STAND_IN_ROLE: "phase4", PORT: "0", DRAIN_SECONDS: "0" };

describe("the role", () => {
  let application: Application;
  let log: { event: string; path?: unknown; drainSeconds?: unknown }[];

  async function start(more: Record<string, string> = {}): Promise<void> {
    log = [];
    const write = (event: string, fields = {}) => void log.push({ event, ...fields });
    application = await startApplication(readSettings({ ...environment, ...more }), omniops, write);
  }
  afterEach(() => application.stop());

  async function send(path: string, method = "GET", body?: unknown): Promise<[number, unknown]> {
    const url = `http://127.0.0.1:${application.port}${path}`;
    const reply = await fetch(url, {
      method,
      headers: { connection: "close" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return [reply.status, await reply.json()];
  }

  test("is not ready without its database and Redis, but alive", async () => {
    await start();
    const failed = { database: "DATABASE_URL is not set.", redis: "REDIS_URL is not set." };
    expect(await send("/api/ready")).toMatchObject([503, { ready: false, failed }]);
    expect(await send("/api/health")).toMatchObject([200, { status: "healthy", live: true, system: "omniops" }]);
    expect(await send("/health")).toMatchObject([503, { status: "unhealthy" }]);
    expect(log.filter(({ event }) => event === "request").map(({ path }) => path)).toEqual(["/api/ready", "/health"]);
  });

  test("tells the features without its database, all off at first", async () => {
    await start();
    expect(await send("/api/features?customerId=thompson-engineering")).toEqual([
      200,
      {
        customerId: "thompson-engineering",
        features: Object.fromEntries(features.map((feature) => [feature, false])),
      },
    ]);
  });

  test.each([
    ["GET", "/api/features", undefined, "customerId", "customerId must be a text that is not empty."],
    ["POST", "/api/conversations/7/messages", { content: "Hello" }, "id", "id must be a UUID."],
    ["POST", `/api/conversations/${conversationId}/messages`, [], "body", "Send a JSON object as the body."],
    [
      "POST",
      `/api/conversations/${conversationId}/messages`,
      {},
      "content",
      "content must be a text that is not empty.",
    ],
    [
      "POST",
      `/api/conversations/${conversationId}/messages`,
      { content: "Hello", role: "robot" },
      "role",
      "role must be one of customer, agent, assistant.",
    ],
    ["GET", "/api/messages/7/sentiment", undefined, "id", "id must be a UUID."],
  ])("%s %s with %j: %s is wrong", async (method, path, body, field, error) => {
    await start();
    expect(await send(path, method, body)).toEqual([400, { error, field }]);
  });

  test("counts the requests of Phase 4 and their errors, faults included, probes not", async () => {
    await start({ STAND_IN_FAULTS: JSON.stringify([{ path: "/api/features", status: 500, remaining: 1 }]) });
    await send("/api/health");
    await send("/api/features?customerId=x");
    await send("/api/features?customerId=x");
    expect((await send(`/api/conversations/${conversationId}/messages`, "POST", { content: "Hello" }))[0]).toBe(503);
    const metrics = await (await fetch(`http://127.0.0.1:${application.port}/metrics`)).text();
    expect(metrics).toContain("omniops_phase4_requests_total 3\n");
    expect(metrics).toContain("omniops_phase4_errors_total 2\n");
    // Metrics that cannot be measured are absent.
    expect(metrics).not.toMatch(/^omniops_(queue_lag_seconds|ml_api_cost_daily|ml_api_availability) /m);
  });

  test("drains its clients though it works as well", async () => {
    await start({ DRAIN_SECONDS: "0.2" });
    const begun = Date.now();
    await application.stop();
    expect(Date.now() - begun).toBeGreaterThanOrEqual(200);
    expect(log.find(({ event }) => event === "stopping")).toMatchObject({ drainSeconds: 0.2 });
  });
});

test.each([
  [{ FEATURE_AUTO_ESCALATION: "on" }, 'FEATURE_AUTO_ESCALATION is "on": set it to true or false.'],
  [{ ESCALATION_SENTIMENT_THRESHOLD: "30" }, 'ESCALATION_SENTIMENT_THRESHOLD is "30": set it to a number from 0 to 1.'],
])("%j is refused", (wrong, message) => {
  expect(() => readOmniOpsSettings(wrong)).toThrow(new SettingsError(message));
});

test("the defaults: all features off, and the guide's threshold", () => {
  const switches = Object.fromEntries(features.map((feature) => [feature, false]));
  expect(readOmniOpsSettings({})).toEqual({ switches, rolloutFile: undefined, escalationThreshold: 0.3 });
});

test.each([
  ["This is terrible", { score: 0.25, label: "negative", confidence: 0.7 }],
  ["Terrible! I want a refund.", { score: 0, label: "negative", confidence: 0.9 }],
  ["When do you open?", { score: 0.5, label: "neutral", confidence: 0.5 }],
  ["Great, thank you", { score: 1, label: "positive", confidence: 0.9 }],
  ["THANKS", { score: 0.75, label: "positive", confidence: 0.7 }],
])("%s", (text, expected) => {
  expect(scoreSentiment(text)).toEqual(expected);
});

test("the availability is that of the last five minutes", () => {
  let now = 1_000_000;
  const recent = new RecentOutcomes(300_000, () => now);
  expect(recent.shareOfSuccess()).toBeUndefined();
  [true, true, true, false].forEach((success) => recent.add(success));
  expect(recent.shareOfSuccess()).toBe(0.75);
  expect(recent.count()).toBe(4);
  now += 200_000;
  recent.add(true);
  expect(recent.shareOfSuccess()).toBe(0.8);
  now += 100_000;
  expect(recent.shareOfSuccess()).toBe(1);
  now += 200_000;
  expect(recent.shareOfSuccess()).toBeUndefined();
});
