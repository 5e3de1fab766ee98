/** Stand-in application on MUED's real schema: its statements match the schema at each target. */
import { startApplication, type Application } from "../../../lab/stand-in/core/application";
import { readSettings } from "../../../lab/stand-in/core/settings";
import { mued as standIn } from "../../../lab/stand-in/mued";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;
let deployed: SystemDatabase;
let application: Application;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  deployed = await empty.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});
afterEach(() => application.stop());

async function start({ app }: SystemDatabase): Promise<void> {
  const environment = {
    STAND_IN_SYSTEM: "mued",
    STAND_IN_ROLE: "web",
    PORT: "0",
    DRAIN_SECONDS: "0",
    DATABASE_URL: `postgresql://${app.user}@localhost/${app.database}?host=${postgres.directory}`,
  };
  application = await startApplication(readSettings(environment), standIn, () => undefined);
}

const url = (path: string) => `http://127.0.0.1:${application.port}${path}`;
const close = { connection: "close" };
async function chat(body: unknown): Promise<[number, unknown]> {
  const reply = await fetch(url("/api/ai/chat"), { method: "POST", headers: close, body: JSON.stringify(body) });
  return [reply.status, await reply.json()];
}
async function samples(): Promise<string[]> {
  const text = await (await fetch(url("/metrics"), { headers: close })).text();
  return text.split("\n").filter((line) => line.startsWith("mued_"));
}

test("the checklist's request is answered with citations, and logged", async () => {
  await start(deployed);
  const [status, answer] = await chat({ query: "test" });
  expect(status).toBe(200);
  expect(answer).toMatchObject({
    answer: 'This is the stand-in\'s answer to "test".',
    citations: [
      { source: "Local Materials", sourceType: "local" },
      { source: "Note.com Integration", sourceType: "note" },
    ],
    costJpy: 0.11,
    model: "stand-in",
  });
  const { id, sessionId, latencyMs } = answer as { id: string; sessionId: string; latencyMs: number };
  expect(
    await deployed.query(
      `SELECT session_id, user_id, query, model_used, jsonb_array_length(citations) AS citations,
         latency_ms::int, token_cost_jpy::float8, citation_rate::float8 FROM ai_dialogue_log WHERE id = $1`,
      [id],
    ),
  ).toEqual([
    {
      session_id: sessionId,
      user_id: null,
      query: "test",
      model_used: "stand-in",
      citations: 2,
      latency_ms: latencyMs,
      token_cost_jpy: 0.11,
      citation_rate: 100,
    },
  ]);
});

test("a given user and session are kept; an unknown user is the request's fault", async () => {
  await start(deployed);
  const session = "00000000-0000-4000-8000-0000000000f2";
  expect(await chat({ query: "test", userId: smokeTestUser, sessionId: session })).toMatchObject([
    200,
    { sessionId: session },
  ]);
  expect(await chat({ query: "test", userId: session })).toMatchObject([400, { field: "userId" }]);
});

test("before Phase 2 it is healthy, and chat says what it lacks", async () => {
  await start(empty);
  expect((await fetch(url("/api/health"), { headers: close })).status).toBe(200);
  expect(await chat({ query: "test" })).toEqual([
    503,
    {
      error:
        'The database lacks what this needs (relation "plugin_registry" does not exist): the schema is at an earlier target. It works again when the schema is migrated.',
    },
  ]);
  expect(await samples()).toEqual(["mued_chat_answers_total 0"]);
});

test("the latest day's metrics are exported", async () => {
  const mued = await deployed.clone("metrics");
  await start(mued);
  expect(await samples()).toEqual(["mued_chat_answers_total 0"]);
  await mued.query(
    `INSERT INTO rag_metrics_history
       (date, citation_rate, latency_p50_ms, cost_per_answer, total_queries, slo_compliance, created_at)
     VALUES ('2025-10-27', 10, 9000, 9, 5, '{"overallMet": false}', now()),
       ('2025-10-28', 82.5, 1250, 2.3, 5, '{"overallMet": true}', now() - interval '1 hour')`,
  );
  const found = await samples();
  expect(found.slice(0, 4)).toEqual([
    "mued_rag_citation_rate 82.5",
    "mued_rag_latency_p50_seconds 1.25",
    "mued_rag_cost_per_answer_jpy 2.3",
    "mued_rag_slo_met 1",
  ]);
  expect(Number(/^mued_rag_metrics_age_seconds (.*)$/.exec(found[4]!)?.[1])).toBeCloseTo(3600, -2);

  await mued.query(
    "INSERT INTO rag_metrics_history (date, slo_compliance) VALUES ('2025-10-29', '{\"overallMet\": null}')",
  );
  expect((await samples()).map((line) => line.split(" ")[0])).toEqual([
    "mued_rag_metrics_age_seconds",
    "mued_chat_answers_total",
  ]);
});
