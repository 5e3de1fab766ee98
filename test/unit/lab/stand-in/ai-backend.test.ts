/** Role of the AI backend over HTTP, without a database and Redis. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aiBackend } from "../../../../lab/stand-in/ai-backend";
import { databaseLimits, readAiBackendSettings } from "../../../../lab/stand-in/ai-backend/settings";
import { writeModels } from "../../../../lab/stand-in/ai-backend/write-models";
import { startApplication, type Application } from "../../../../lab/stand-in/core/application";
import { readSettings, SettingsError } from "../../../../lab/stand-in/core/settings";
import { flip, newDirectory, newModelDirectory, removeDirectories, truncate } from "./model-directory";

const noDatabase = "DATABASE_URL is not set.";
const noRedis = "REDIS_URL is not set.";
const secrets = { SUPABASE_URL: "https://s3cret.example", SUPABASE_SERVICE_KEY: "s3cret", SUPABASE_ANON_KEY: "s3cret" };

let application: Application;
let directory: string;
let log: Record<string, unknown>[];

beforeEach(async () => (directory = await newModelDirectory()));
afterEach(() => application?.stop());
afterEach(removeDirectories);

async function start(more: Record<string, string> = {}, faults: unknown[] = []): Promise<void> {
  log = [];
  const environment = {
    STAND_IN_SYSTEM: "ai-backend",
    STAND_IN_ROLE: "api",
    STAND_IN_FAULTS: JSON.stringify(faults),
    STAND_IN_REQUIRES: Object.keys(secrets).join(","),
    PORT: "0",
    RELEASE: "1.0.0",
    DRAIN_SECONDS: "0",
    MODEL_DIRECTORY: directory,
    ...secrets,
  };
  const write = (event: string, fields = {}) => void log.push({ event, ...fields });
  application = await startApplication(readSettings({ ...environment, ...more }), aiBackend, write);
}

async function send(path: string, method = "GET", body?: unknown): Promise<[number, unknown]> {
  const url = `http://127.0.0.1:${application.port}${path}`;
  const headers = { connection: "close" };
  const reply = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return [reply.status, await reply.json()];
}

async function metrics(): Promise<string> {
  const headers = { connection: "close" };
  return (await fetch(`http://127.0.0.1:${application.port}/metrics`, { headers })).text();
}
const own = async () => (await metrics()).split("\n").filter((line) => line.startsWith("ai_backend_"));

async function started(): Promise<void> {
  for (let tries = 0; (await send("/health/startup"))[0] !== 200; tries += 1) {
    if (tries > 100) throw new Error("it does not start");
    await sleep(10);
  }
}

const transaction = { amount: 25_000, country: "RU", homeCountry: "NG", hour: 12, accountAgeDays: 900 };
const series = { values: [100, 110, 120, 130] };

describe("health", () => {
  test("each of the guide's probes has its path", async () => {
    await start();
    await started();
    const identity = { system: "ai-backend", role: "api", release: "1.0.0", standIn: true };
    expect(await send("/health/live")).toEqual([200, { status: "healthy", live: true, ...identity }]);
    const failed = { database: noDatabase };
    expect(await send("/health/ready")).toEqual([
      503,
      { ready: false, ...identity, stopping: false, missing: [], failed },
    ]);
    expect(await send("/health")).toEqual([
      503,
      { status: "unhealthy", ...identity, checks: { database: noDatabase, redis: noRedis, ml_models: "ok" } },
    ]);
    const [status, startup] = await send("/health/startup");
    expect([status, startup]).toMatchObject([200, { started: true, ...identity }]);
    expect(Object.keys((startup as { models: object }).models)).toHaveLength(4);
    // Successful probes are not logged.
    const paths = log.filter(({ event, status }) => event === "request" && status === 200).map(({ path }) => path);
    expect(paths).toEqual([]);
  });

  test("it has not started while the models are being loaded", async () => {
    await start({}, [{ path: "model-load:fraud_detection", delayMs: 300, remaining: 1 }]);
    expect(await send("/health/startup")).toMatchObject([
      503,
      { started: false, models: { fraud_detection: { status: "loading" } } },
    ]);
    expect(await send("/health/ready")).toMatchObject([
      503,
      { failed: { ml_models: expect.stringMatching(/^fraud_detection: it is being loaded; /) as string } },
    ]);
    await started();
    expect((await send("/health/ready"))[1]).toMatchObject({ failed: { database: noDatabase } });
  });

  test("a damaged model keeps it from being ready, by its name, and from nothing else", async () => {
    const path = join(directory, "nlp_invoice.json");
    truncate(path);
    await start();
    await started();
    const why = `nlp_invoice: ${path} is damaged: it is no JSON object`;
    expect(await send("/health/ready")).toMatchObject([503, { failed: { ml_models: why } }]);
    expect(await send("/health")).toMatchObject([503, { checks: { ml_models: why } }]);
    expect((await send("/health/live"))[0]).toBe(200);
    const error = `The model nlp_invoice cannot be used now (${path} is damaged: it is no JSON object).`;
    expect(await send("/api/nlp-invoice", "POST", { text: "Invoice 1" })).toEqual([503, { error }]);
    expect((await send("/api/fraud-detection", "POST", transaction))[0]).toBe(200);
    expect(await own()).toEqual(
      expect.arrayContaining(['ai_backend_component_health{component="ml_models"} 0', "ai_backend_health_status 0"]),
    );
    expect(await metrics()).not.toContain('model_type="nlp_invoice"');
  });

  test("without its models it starts and is not ready, until they are there", async () => {
    directory = join(newDirectory(), "v1");
    await start();
    await started();
    const names = ["fraud_detection", "predictive_analytics", "compliance_checking", "nlp_invoice"];
    const why = names.map((name) => `${name}: ${join(directory, name)}.json is not there`).join("; ");
    expect(await send("/health/ready")).toMatchObject([503, { failed: { ml_models: why } }]);
    expect((await send("/health/live"))[0]).toBe(200);
    await writeModels(directory);
    expect((await send("/health/ready"))[1]).toHaveProperty("failed", { database: noDatabase });
  });

  test("the required variables that are missing are named", async () => {
    await start({ SUPABASE_SERVICE_KEY: "" });
    expect(await send("/health/ready")).toMatchObject([503, { missing: ["SUPABASE_SERVICE_KEY"] }]);
  });

  test("/health/detailed has what the guide's troubleshooting looks for", async () => {
    await start({ DATABASE_MAX_CONNECTIONS: "20", DATABASE_TIMEOUT_SECONDS: "5", MODEL_CACHE_SIZE: "3" });
    await started();
    const [status, body] = await send("/health/detailed");
    expect(status).toBe(503);
    const cache = { hits: 0, misses: 0, hitRate: null, keepSeconds: 300 };
    const latencyMs = expect.any(Number) as number;
    const healthy = (accuracy: number) => ({ status: "healthy", version: "1.0.0", accuracy });
    const models = {
      fraud_detection: healthy(0.8),
      predictive_analytics: healthy(0.8),
      compliance_checking: healthy(0.9),
      nlp_invoice: healthy(0.7778),
    };
    const cached = ["predictive_analytics", "compliance_checking", "nlp_invoice"];
    expect(body).toMatchObject({
      status: "unhealthy",
      checks: {
        database: {
          status: "unhealthy",
          error: noDatabase,
          latencyMs,
          details: { maxConnections: 20, timeoutSeconds: 5 },
        },
        redis: { status: "unhealthy", error: noRedis, latencyMs, details: { cache } },
        ml_models: { status: "healthy", latencyMs, details: { directory, cacheSize: 3, cached, models, off: [] } },
        cache: { status: "unhealthy", error: noRedis, latencyMs, details: cache },
      },
    });
    expect(JSON.stringify(body)).not.toContain("s3cret");
  });

  test("a component is tested on request", async () => {
    await start();
    await started();
    expect(await send("/health/test/database", "POST")).toMatchObject([
      503,
      { component: "database", status: "unhealthy", error: noDatabase },
    ]);
    expect(await send("/health/test/ml_models", "POST")).toMatchObject([
      200,
      { component: "ml_models", status: "healthy" },
    ]);
    // Probes do not read the model files again.
    const path = join(directory, "predictive_analytics.json");
    flip(path);
    const error = `predictive_analytics: ${path} is damaged: its content does not have its sha256`;
    expect(await send("/health/test/ml_models", "POST")).toMatchObject([503, { status: "unhealthy", error }]);
    expect(await send("/health/ready")).toMatchObject([503, { failed: { ml_models: error } }]);
  });

  test("a database that does not answer is given up after DATABASE_TIMEOUT_SECONDS", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    try {
      await start({ DATABASE_URL: `postgresql://app:s3cret@127.0.0.1:${port}/ai`, DATABASE_TIMEOUT_SECONDS: "0.2" });
      const [status, body] = await send("/health/test/database", "POST");
      const { error, latencyMs } = body as { error: string; latencyMs: number };
      expect([status, error]).toEqual([503, "Connection terminated due to connection timeout"]);
      expect(latencyMs).toBeLessThan(1_500);
    } finally {
      silent.close();
    }
  });

  test.each(["disk", "toString"])("the component %s is not there", async (name) => {
    await start();
    const components = ["database", "redis", "ml_models", "cache"];
    const error = `There is no component "${name}": the components are database, redis, ml_models, cache.`;
    expect(await send(`/health/test/${name}`, "POST")).toEqual([404, { error, components }]);
  });
});

describe("inference", () => {
  test.each([
    ["/api/fraud-detection", transaction, { fraudulent: true, score: 0.7, reasons: ["amount", "country"] }],
    ["/api/predictive-analytics", series, { forecast: [140], direction: "rising" }],
    [
      "/api/compliance-checking",
      { amount: 1, vatRate: 0, paymentMethod: "card", sellerTaxId: "1" },
      { compliant: false, violations: ["buyerName is missing"] },
    ],
    ["/api/nlp-invoice", { text: "Invoice 7, total $5" }, { invoiceNumber: "7", total: 5, currency: "USD" }],
  ])("POST %s", async (path, body, result) => {
    await start();
    const model = path.replace("/api/", "").replaceAll("-", "_");
    const answer = { model, version: "1.0.0", cached: false, ...result, standIn: true };
    expect(await send(path, "POST", body)).toEqual([200, answer]);
  });

  test("a model that is off has no endpoint and needs no file", async () => {
    for (const name of ["fraud_detection.json", "nlp_invoice.json"]) rmSync(join(directory, name));
    await start({ FRAUD_DETECTION_ENABLED: "false", NLP_INVOICE_ENABLED: "false" });
    await started();
    expect(await send("/api/fraud-detection", "POST", transaction)).toEqual([
      404,
      { error: "fraud_detection is off: FRAUD_DETECTION_ENABLED is false." },
    ]);
    expect((await send("/api/predictive-analytics", "POST", series))[0]).toBe(200);
    const [, body] = await send("/health/test/ml_models", "POST");
    const { details } = body as { details: { models: object; off: string[] } };
    expect(Object.keys(details.models)).toEqual(["predictive_analytics", "compliance_checking"]);
    expect(details.off).toEqual(["fraud_detection", "nlp_invoice"]);
    expect(await metrics()).not.toContain('model_type="fraud_detection"');
  });

  test.each([
    [undefined, "body", "Send a JSON object as the body."],
    [{ ...transaction, amount: -1 }, "amount", "amount must be a number from 0 to 10000000000000."],
  ])("%j is refused", async (body, field, error) => {
    await start();
    expect(await send("/api/fraud-detection", "POST", body)).toEqual([400, { error, field }]);
  });

  test("one that takes longer than MODEL_TIMEOUT_SECONDS is given up", async () => {
    const faults = [
      { path: "model:fraud_detection", hang: true },
      { path: "model:predictive_analytics", delayMs: 20 },
      { path: "model:nlp_invoice", status: 500 },
    ];
    await start({ MODEL_TIMEOUT_SECONDS: "0.1" }, faults);
    await started();
    expect(await send("/api/fraud-detection", "POST", transaction)).toEqual([
      504,
      { error: "fraud_detection took longer than 0.1 s, the MODEL_TIMEOUT_SECONDS." },
    ]);
    expect((await send("/api/predictive-analytics", "POST", series))[0]).toBe(200);
    expect((await send("/api/nlp-invoice", "POST", { text: "Invoice 1" }))[0]).toBe(500);
    const audit = log.filter((line) => line.log === "audit");
    expect(audit.map(({ model, outcome, status }) => [model, outcome, status])).toEqual([
      ["fraud_detection", "failed", 504],
      ["predictive_analytics", "answered", undefined],
      ["nlp_invoice", "failed", 500],
    ]);
  });

  test("each is an audit event, without what was asked", async () => {
    await start();
    await send("/api/nlp-invoice", "POST", { text: "Invoice 1 of Ada Lovelace" });
    expect(log.filter((line) => line.log === "audit")).toEqual([
      {
        event: "inference",
        log: "audit",
        model: "nlp_invoice",
        inputSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        outcome: "answered",
        version: "1.0.0",
        cached: false,
      },
    ]);
    expect(JSON.stringify(log)).not.toMatch(/Lovelace|s3cret/);
  });
});

test("the guide's metrics, without a database and Redis", async () => {
  await start({}, [{ path: "/api/compliance-checking", status: 500 }]);
  await started();
  await send("/api/fraud-detection", "POST", transaction);
  await send("/api/fraud-detection", "POST", transaction);
  await send("/api/compliance-checking", "POST", {});
  expect((await own()).sort()).toEqual(
    [
      "ai_backend_health_status 0",
      'ai_backend_component_health{component="database"} 0',
      'ai_backend_component_health{component="redis"} 0',
      'ai_backend_component_health{component="ml_models"} 1',
      'ai_backend_component_health{component="cache"} 0',
      "ai_backend_cache_hit_rate 0",
      'ai_backend_model_accuracy{model_type="fraud_detection"} 0.8',
      'ai_backend_model_accuracy{model_type="predictive_analytics"} 0.8',
      'ai_backend_model_accuracy{model_type="compliance_checking"} 0.9',
      'ai_backend_model_accuracy{model_type="nlp_invoice"} 0.7778',
      "ai_backend_requests_per_minute 3",
    ].sort(),
  );
  // Metrics for the guide's objectives on latency and errors.
  const text = await metrics();
  const labels = 'method="POST",route="/api/fraud-detection",status="200"';
  expect(text).toContain(`http_request_duration_seconds_bucket{${labels},le="2"} 2\n`);
  expect(text).toContain('http_requests_total{method="POST",route="/api/compliance-checking",status="500"} 1\n');
});

test("before the first inference the hit rate is no number, and requests are 0", async () => {
  await start();
  expect(await own()).toContain("ai_backend_cache_hit_rate NaN");
  expect(await own()).toContain("ai_backend_requests_per_minute 0");
});

describe("the settings", () => {
  test("the defaults", () => {
    expect(readAiBackendSettings({})).toEqual({
      enabled: { fraud_detection: true, predictive_analytics: true, compliance_checking: true, nlp_invoice: true },
      modelDirectory: "/models",
      modelCacheSize: 5,
      modelTimeoutSeconds: 30,
      databaseConnections: 5,
      databaseTimeoutSeconds: 10,
    });
  });

  test("the pool has the guide's size and timeouts", () => {
    expect(databaseLimits({ DATABASE_MAX_CONNECTIONS: "20", DATABASE_TIMEOUT_SECONDS: "5" })).toEqual({
      connections: 20,
      connectMilliseconds: 5_000,
      statementMilliseconds: 5_000,
    });
  });

  test.each([
    ["FRAUD_DETECTION_ENABLED", "on", "true or false"],
    ["PREDICTIVE_ANALYTICS_ENABLED", "1", "true or false"],
    ["COMPLIANCE_CHECKING_ENABLED", "TRUE", "true or false"],
    ["NLP_INVOICE_ENABLED", "no", "true or false"],
    ["MODEL_CACHE_SIZE", "0", "a whole number from 1 to 100"],
    ["MODEL_CACHE_SIZE", "2.5", "a whole number from 1 to 100"],
    ["MODEL_TIMEOUT_SECONDS", "0", "a number from 0.1 to 600"],
    ["MODEL_TIMEOUT_SECONDS", "soon", "a number from 0.1 to 600"],
    ["DATABASE_MAX_CONNECTIONS", "-1", "a whole number from 1 to 100"],
    ["DATABASE_TIMEOUT_SECONDS", "601", "a number from 0.1 to 600"],
  ])("%s=%s stops the start", async (name, value, expected) => {
    const refused = new SettingsError(`${name} is "${value}": set it to ${expected}.`);
    await expect(start({ [name]: value })).rejects.toThrow(refused);
  });
});
