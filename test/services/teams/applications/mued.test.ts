/** MUED's application: what the checklist's commands print. */
import { smokeTests } from "../../../../systems/mued/checks";
import { muedConfiguration } from "../../../../systems/mued/settings";
import { declared } from "../../../support/declared";
import { TeamDatabase } from "../team-database";
import { mued } from "../teams";
import { Application, databaseVariables } from "./application";
import { expectPassed } from "./default-checks";

jest.setTimeout(120_000);

let database: TeamDatabase;
let application: Application;
beforeAll(async () => {
  database = await TeamDatabase.start(mued);
  application = await Application.start("mued", { variables: databaseVariables(database) });
});
afterAll(async () => {
  await database?.stop();
});

const chat = (body: unknown) => application.answer("/api/ai/chat", { body });

test("GET /api/health: responds (200 OK)", async () => {
  expect(await application.answer("/api/health")).toEqual({ status: 200, body: "OK" });
});

test("POST /api/ai/chat: responds correctly, and the dialogue is logged", async () => {
  expect(await chat({ query: "test" })).toEqual({ status: 200, body: { response: "No model was asked." } });
  const logged = await database.query("SELECT query, response, user_id FROM ai_dialogue_log WHERE query = 'test'");
  expect(logged).toEqual([{ query: "test", response: "No model was asked.", user_id: null }]);
});

test("a question that is none is refused", async () => {
  expect(await chat({})).toEqual({ status: 400, body: { error: "query is missing" } });
  expect(await chat("test")).toEqual({ status: 400, body: { error: "the body is not a JSON object" } });
});

test("all else is 404", async () => {
  const unknown = await Promise.all(["/", "/health", "/api/ai/chat"].map((path) => application.ask(path)));
  expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404]);
});

test("the default checks pass", async () => {
  const checks = smokeTests(declared(muedConfiguration, { app: "registry.example/mued" }));
  await expectPassed(checks, database, { APP_URL: application.url });
  expect(await database.query("SELECT FROM ai_dialogue_log WHERE query LIKE 'Test query: smoke test%'")).toEqual([]);
});

test("Batch Job Testing: its output, and the row that a second run renews", async () => {
  await database.deployRest();
  await database.query(
    "UPDATE ai_dialogue_log SET created_at = now() - interval '1 day', latency_ms = 900 WHERE query = 'test'",
  );
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const printed = await application.directory.run("mued_metrics.py");
  expect(printed).toContain(`Calculating metrics for period: ${day} to ${day}\n`);
  expect(printed).toContain(`Metrics calculation completed for ${day}\n`);
  expect(await application.directory.run("mued_metrics.py")).toBe(printed);
  const rows = await database.query(
    "SELECT date::text, total_queries, latency_p50_ms, slo_compliance FROM rag_metrics_history",
  );
  const slo_compliance = { citationRateMet: false, latencyMet: true, costMet: false, overallMet: false };
  expect(rows).toEqual([{ date: day, total_queries: "1", latency_p50_ms: "900", slo_compliance }]);
});

test("it answers once the database was suspended, which its request starts", async () => {
  const { postgres } = database.server;
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(postgres.log).toContain("database system is shut down");
  expect(await application.answer("/api/health")).toEqual({ status: 200, body: "OK" });
});

test("Post-Rollback Verification: responds normally without the tables of Phase 2", async () => {
  await database.query("DROP TABLE ai_dialogue_log, provenance, rag_metrics_history, plugin_registry CASCADE");
  expect(await application.answer("/api/health")).toEqual({ status: 200, body: "OK" });
  expect((await chat({ query: "test" })).status).toBe(200);
});

test("without its database it is unhealthy", async () => {
  await database.server.stop();
  expect(await application.answer("/api/health")).toEqual({ status: 503, body: { error: "unavailable" } });
});
