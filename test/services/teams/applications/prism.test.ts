/** PRISM's API, workers and edge functions: what the runbook's commands print. */
import { smokeTests } from "../../../../systems/prism/checks";
import { prismConfiguration } from "../../../../systems/prism/settings";
import { declared } from "../../../support/declared";
import { ThrowAwayRedis } from "../../redis";
import { TeamDatabase } from "../team-database";
import { prism } from "../teams";
import { Application, type ApplicationOptions, bearer, databaseVariables, until } from "./application";
import { expectPassed } from "./default-checks";

jest.setTimeout(120_000);

let database: TeamDatabase;
let redis: ThrowAwayRedis;
async function start(workload: string, ready?: string): Promise<Application> {
  const variables = { ADMIN_TOKEN: "admin", FEEDBACK_BATCH_SIZE: "6", RETRAINING_THRESHOLD: "8", REDIS_URL: redis.url };
  const options: ApplicationOptions = { workload, variables: { ...databaseVariables(database), ...variables } };
  return Application.start("prism-api", options, ready);
}
beforeAll(async () => {
  [database, redis] = await Promise.all([TeamDatabase.start(prism), ThrowAwayRedis.start()]);
  await database.deployRest();
});
afterAll(async () => {
  await Promise.all([database?.stop(), redis?.stop()]);
});

const logged = (application: Application, text: string) => until(() => application.log.includes(text));

const rows = async (table: string, condition = "true") =>
  (await database.query(`SELECT count(*)::int AS rows FROM ${table} WHERE ${condition}`))[0]!.rows;

describe("the edge functions", () => {
  let functions: Application;
  beforeAll(async () => {
    functions = await Application.start("prism-functions", { variables: { SUPABASE_ANON_KEY: "anon" } });
  });
  const call = (name: string, body: unknown, key = "anon") =>
    functions.answer(`/functions/v1/${name}`, { headers: bearer(key), body });

  test("Test income tax calculator", async () => {
    expect(await call("income-tax-calculator", { monthlyIncome: 500_000 })).toEqual({
      status: 200,
      body: { monthlyTax: 72_500 },
    });
  });

  test("Test business classifier", async () => {
    expect(await call("business-classifier", { businessId: "uuid-here", annualTurnover: 50_000_000 })).toEqual({
      status: 200,
      body: { classification: "small" },
    });
  });

  test("what the runbook shows no request of is deployed, and refuses any", async () => {
    for (const name of ["vat-calculator", "anti-avoidance-check"])
      expect((await call(name, { amount: 1 })).status).toBe(400);
    expect((await call("another", {})).status).toBe(404);
  });

  test("another key is refused", async () => {
    expect((await call("income-tax-calculator", { monthlyIncome: 1 }, "another")).status).toBe(401);
  });
});

describe("the workers", () => {
  test("Model Training Worker: runs, and trains once there is enough feedback", async () => {
    const worker = await start("prism-model-training", "waiting for jobs of model-training");
    await redis.client.lpush("bull:model-training:wait", "1");
    await logged(worker, "finished job 1 of model-training");
    expect(worker.log).toContain("trained with 6 items of feedback");
    expect([await rows("ai_feedback", "used_in_training"), await rows("ml_models")]).toEqual([6, 1]);

    await redis.client.lpush("bull:model-training:wait", "2");
    await logged(worker, "finished job 2 of model-training");
    expect(worker.log).toContain("3 items of feedback, training begins with 8");
    expect(await redis.client.llen("bull:model-training:wait")).toBe(0);
    await worker.stop();
    expect(worker.running).toBe(false);
  });

  test("Monthly Insights Worker: logs its schedule, makes insights when triggered", async () => {
    const api = await start("prism-api");
    const worker = await start("prism-monthly-insights", "waiting for jobs of monthly-insights");
    expect(worker.log).toMatch(/the next scheduled run is on \d{4}-\d\d-01\n/);
    const trigger = (key: string) =>
      api.answer("/api/admin/trigger-insights", { method: "POST", headers: bearer(key) });
    expect(await trigger("another")).toEqual({ status: 401, body: { error: "unauthorized" } });
    expect(await trigger("admin")).toEqual({ status: 202, body: { jobId: "1" } });
    await logged(worker, "finished job 1 of monthly-insights");
    expect(await rows("user_insights")).toBe(await rows("(SELECT DISTINCT owner_id FROM businesses) AS owners"));
  });
});

test("the default checks pass", async () => {
  const functions = await Application.start("prism-functions", { variables: { SUPABASE_ANON_KEY: "anon" } });
  const images = { api: "registry.example/api", functions: "registry.example/functions" };
  await expectPassed(smokeTests(declared(prismConfiguration, images)), database, {
    ...{ API_URL: (await start("prism-api")).url, FUNCTIONS_URL: functions.url },
    ...{ REDIS_URL: redis.url, SUPABASE_ANON_KEY: "anon" },
  });
});

describe("the API", () => {
  test("API health, with and without Redis and the database", async () => {
    const api = await start("prism-api");
    expect(await api.answer("/health")).toEqual({ status: 200, body: "OK" });
    const unknown = await Promise.all(["/", "/api/health", "/api/feedback"].map((path) => api.ask(path)));
    expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404]);
    await redis.stop();
    expect(await api.answer("/health")).toEqual({ status: 503, body: { error: "unavailable" } });
    await database.server.postgres.suspend();
    expect(await api.answer("/health")).toEqual({ status: 503, body: { error: "unavailable" } });
  });
});
