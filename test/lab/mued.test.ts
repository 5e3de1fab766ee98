/** Requirements of MUED's checklist: data validation, the batch job and query performance. */
import { kubectl, logsOf, runNow, sql } from "../support/cluster";

const database = (statement: string) => sql(statement, "mued");
const session = "00000000-0000-4000-8000-00000000a11a";

afterAll(async () => {
  await database(`DELETE FROM ai_dialogue_log WHERE session_id = '${session}'`);
});

test("the data validation asked everything and left nothing", async () => {
  const log = await logsOf("mued", "mued-data-validation");
  expect(log.split("\n").filter((line) => line.startsWith("ok")).length).toBe(13);
  const left = `SELECT (SELECT count(*) FROM users WHERE clerk_id = 'test_phase2_001')
    + (SELECT count(*) FROM ai_dialogue_log WHERE query LIKE 'Test query:%')
    + (SELECT count(*) FROM provenance WHERE source_uri = 'https://test.example.com/source')`;
  expect(await database(left)).toBe("0");
});

test("each query used its index within its time, and none of the loaded rows is left", async () => {
  const log = await logsOf("mued", "mued-query-performance");
  process.stderr.write(`${log}\n`);
  for (const index of ["idx_ai_dialogue_user_created", "idx_ai_dialogue_created_at", "idx_provenance_type_created"])
    expect(log).toMatch(new RegExp(`^ok .* measured on 10+ rows with ${index}$`, "m"));
  expect(await database("SELECT (SELECT count(*) FROM ai_dialogue_log) + (SELECT count(*) FROM provenance)")).toBe("0");
});

test("the daily batch job calculates the day before, in Tokyo, and again the same", async () => {
  // Ten dialogues between 00:00 and 23:59 of yesterday in Tokyo, one before and one after that day.
  await database(
    `INSERT INTO ai_dialogue_log (session_id, query, response, model_used, citations, latency_ms, token_cost_jpy, created_at)
     SELECT '${session}', 'Question', 'Answer', 'gpt-4',
       CASE WHEN n <= 8 THEN '[{"source": "a"}]'::jsonb ELSE '[]'::jsonb END, n * 100, n * 0.5,
       ((now() AT TIME ZONE 'Asia/Tokyo')::date - 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
         + CASE n WHEN 11 THEN interval '-1 second' WHEN 12 THEN interval '1 day' ELSE interval '144 minutes' * (n - 1) END
     FROM generate_series(1, 12) AS n`,
  );
  const day = "(now() AT TIME ZONE 'Asia/Tokyo')::date - 1";
  const result = `SELECT total_queries, citation_rate, latency_p50_ms, cost_per_answer, slo_compliance->>'overallMet'
    FROM rag_metrics_history WHERE date = ${day}`;
  const log = await runNow("mued", "mued-calculate-rag-metrics-daily");
  expect(log).toContain("SLO Compliance");
  // Citations in 8 of 10 dialogues, the median of 100..1000, and the mean of 0.5..5.
  expect(await database(result)).toMatch(/^10\|80\.00\|550(\.0+)?\|2\.75(0*)\|true$/);
  await runNow("mued", "mued-calculate-rag-metrics-daily");
  expect(await database(`SELECT count(*) FROM rag_metrics_history WHERE date = ${day}`)).toBe("1");
});

test("the schedule is at two in the night of Tokyo", async () => {
  const schedule = "jsonpath={.spec.schedule} {.spec.timeZone}";
  expect(await kubectl("get", "cronjob", "-n", "mued", "mued-calculate-rag-metrics-daily", "-o", schedule)).toBe(
    "0 2 * * * Asia/Tokyo",
  );
});
