/** "Phase 3: Batch Job Testing": metrics of one day in Tokyo, compared with an independent calculation. */
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import { systemFile, type SystemDatabase } from "../system-database";
import { changes, muedSystem } from "./mued";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let deployed: SystemDatabase;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  deployed = created;
  await deployed.sqitch("deploy", "--verify");
});

const objectives = { slo_citation_rate: "70", slo_latency_p50_ms: "1500", slo_cost_per_answer: "3" };

function calculate(mued: SystemDatabase, variables: Record<string, string>, login = mued.app): Promise<string> {
  const set = Object.entries({ time_zone: "Asia/Tokyo", ...objectives, ...variables });
  const args = set.flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  return postgres.psql(login, [...args, "--file", systemFile("mued", "calculate-rag-metrics.sql")]);
}

interface Dialogue {
  at: string;
  citations: number;
  latency: number | null;
  cost: number | null;
}

/** In Tokyo, 2025-10-28 begins at 15:00 UTC of the previous day. */
const day = "2025-10-28";
const inside: Dialogue[] = [
  { at: "2025-10-27T15:00:00Z", citations: 2, latency: 900, cost: 2.5 },
  { at: "2025-10-27T20:00:00Z", citations: 0, latency: 1400, cost: 1.25 },
  { at: "2025-10-28T00:00:00Z", citations: 1, latency: 1303, cost: null },
  { at: "2025-10-28T09:30:00Z", citations: 1, latency: null, cost: 4.125 },
  { at: "2025-10-28T14:59:59.999Z", citations: 3, latency: 7000, cost: 0.75 },
];
const outside: Dialogue[] = [
  { at: "2025-10-27T14:59:59.999Z", citations: 0, latency: 60000, cost: 100 },
  { at: "2025-10-28T15:00:00Z", citations: 0, latency: 60000, cost: 100 },
];

async function add(mued: SystemDatabase, dialogues: readonly Dialogue[]): Promise<void> {
  for (const { at, citations, latency, cost } of dialogues) {
    await mued.query(
      `INSERT INTO ai_dialogue_log (session_id, query, response, created_at, citations, latency_ms, token_cost_jpy)
       VALUES (gen_random_uuid(), 'q', 'r', $1, $2, $3, $4)`,
      [at, JSON.stringify(Array.from({ length: citations }, (_, n) => ({ source: `s${n}` }))), latency, cost],
    );
  }
}

/** Calculates the metrics of dialogues, independently of the script. */
function expected(dialogues: readonly Dialogue[]) {
  const latencies = dialogues.flatMap(({ latency }) => latency ?? []).sort((one, other) => one - other);
  const costs = dialogues.flatMap(({ cost }) => cost ?? []);
  const percentile = (share: number) => {
    const place = (latencies.length - 1) * share;
    const [below, above] = [latencies[Math.floor(place)]!, latencies[Math.ceil(place)]!];
    return Math.round(below + (above - below) * (place - Math.floor(place)));
  };
  const cited = dialogues.filter(({ citations }) => citations > 0).length;
  return {
    citationRate: Number(((100 * cited) / dialogues.length).toFixed(2)),
    citationCount: dialogues.reduce((sum, { citations }) => sum + citations, 0),
    latencyP50Ms: percentile(0.5),
    latencyP95Ms: percentile(0.95),
    latencyP99Ms: percentile(0.99),
    costPerAnswer: Number((costs.reduce((sum, cost) => sum + cost, 0) / costs.length).toFixed(4)),
    totalQueries: dialogues.length,
  };
}

/** Parses the script's output. */
function read(output: string) {
  const match = /^(.*)\n(.*)\nMetrics: (\{[\s\S]*?\n\})\nSLO Compliance: (\{[\s\S]*?\n\})\n$/.exec(output)!;
  return { lines: match.slice(1, 3), metrics: JSON.parse(match[3]!) as unknown, slo: JSON.parse(match[4]!) as unknown };
}
const rows = (mued: SystemDatabase) =>
  mued.query<{ date: string; metrics: unknown; slo: unknown }>(
    `SELECT date::text, slo_compliance AS slo, jsonb_build_object('citationRate', citation_rate,
       'citationCount', citation_count, 'latencyP50Ms', latency_p50_ms, 'latencyP95Ms', latency_p95_ms,
       'latencyP99Ms', latency_p99_ms, 'costPerAnswer', cost_per_answer, 'totalQueries', total_queries) AS metrics
     FROM rag_metrics_history ORDER BY date`,
  );

test("the dialogues of the day in Tokyo, first moment to last, and no others", async () => {
  const mued = await deployed.clone("tokyo");
  await add(mued, [...inside, ...outside]);

  const { lines, metrics, slo } = read(await calculate(mued, { day }));

  expect(lines).toEqual([
    "Calculating metrics for period: 2025-10-28 to 2025-10-28 (Asia/Tokyo)",
    "Metrics calculation completed for 2025-10-28",
  ]);
  expect(metrics).toEqual(expected(inside));
  expect(metrics).toMatchObject({ citationRate: 80, citationCount: 7, latencyP50Ms: 1352, costPerAnswer: 2.1563 });
  expect(slo).toEqual({ citationRateMet: true, latencyMet: true, costMet: true, overallMet: true });
  expect(await rows(mued)).toEqual([{ date: day, metrics, slo }]);
});

test("many dialogues", async () => {
  const mued = await deployed.clone("many");
  const many = Array.from({ length: 200 }, (_, n) => ({
    at: new Date(Date.UTC(2025, 9, 27, 15) + n * 431_000).toISOString(),
    citations: n % 3,
    latency: 200 + ((n * 7919) % 5003),
    cost: ((n * 31) % 700) / 100,
  }));
  await add(mued, many);
  const { metrics, slo } = read(await calculate(mued, { day }));
  expect(metrics).toEqual(expected(many));
  expect(slo).toMatchObject({ citationRateMet: false, latencyMet: false, overallMet: false });
});

test("each objective at its limit is met, and beyond it missed", async () => {
  const mued = await deployed.clone("limits");
  await add(mued, inside);
  const slo = async (variables: Record<string, string>) => read(await calculate(mued, { day, ...variables })).slo;
  const met = { slo_citation_rate: "80", slo_latency_p50_ms: "1352", slo_cost_per_answer: "2.1563" };
  const all = { citationRateMet: true, latencyMet: true, costMet: true, overallMet: true };
  expect(await slo(met)).toEqual(all);
  expect(await slo({ ...met, slo_citation_rate: "80.01" })).toEqual({
    ...all,
    citationRateMet: false,
    overallMet: false,
  });
  expect(await slo({ ...met, slo_latency_p50_ms: "1351" })).toEqual({ ...all, latencyMet: false, overallMet: false });
  expect(await slo({ ...met, slo_cost_per_answer: "2.1562" })).toEqual({ ...all, costMet: false, overallMet: false });
});

test("running again, even twice at once, leaves one row, and counts what came since", async () => {
  const mued = await deployed.clone("again");
  await add(mued, inside);
  await Promise.all([calculate(mued, { day }), calculate(mued, { day }, mued.owner)]);
  const whole = "SELECT * FROM rag_metrics_history";
  const before = await mued.query(whole);
  expect(before).toHaveLength(1);
  await calculate(mued, { day });
  expect(await mued.query(whole)).toEqual(before);

  await add(mued, [{ at: "2025-10-28T10:00:00Z", citations: 0, latency: 100, cost: 1 }]);
  await calculate(mued, { day });
  const [row] = await mued.query<{ id: string; total_queries: string }>(whole);
  expect(row).toMatchObject({ id: (before[0] as { id: string }).id, total_queries: "6", citation_rate: "66.67" });
});

test("a day without queries has a row that says so, and no objective met or missed", async () => {
  const mued = await deployed.clone("empty_day");
  const { metrics, slo } = read(await calculate(mued, { day }));
  expect(metrics).toEqual({
    citationRate: null,
    citationCount: 0,
    latencyP50Ms: null,
    latencyP95Ms: null,
    latencyP99Ms: null,
    costPerAnswer: null,
    totalQueries: 0,
  });
  expect(slo).toEqual({ citationRateMet: null, latencyMet: null, costMet: null, overallMet: null });
  expect(await rows(mued)).toEqual([{ date: day, metrics, slo }]);
});

test("an unmeasured objective leaves the total open, unless another is missed", async () => {
  const mued = await deployed.clone("unmeasured");
  await add(mued, [{ at: inside[0]!.at, citations: 1, latency: null, cost: null }]);
  const open = { citationRateMet: true, latencyMet: null, costMet: null, overallMet: null };
  expect(read(await calculate(mued, { day })).slo).toEqual(open);
  await add(mued, [{ at: inside[0]!.at, citations: 0, latency: null, cost: null }]);
  const missed = { ...open, citationRateMet: false, overallMet: false };
  expect(read(await calculate(mued, { day })).slo).toEqual(missed);
});

test("without a day it is yesterday, where the time zone is", async () => {
  for (const [database, time_zone] of [
    ["kiritimati", "Pacific/Kiritimati"],
    ["niue", "Pacific/Niue"],
  ] as const) {
    const mued = await deployed.clone(database);
    await calculate(mued, { time_zone });
    const yesterday = new Date(Date.now() - 24 * 3600_000).toLocaleDateString("sv-SE", { timeZone: time_zone });
    expect((await rows(mued)).map(({ date }) => date)).toEqual([yesterday]);
  }
});

test.each([
  [
    { time_zone: "Asia/Edo" },
    'time_zone is "Asia/Edo", but must be the name of a time zone: psql -v time_zone=Asia/Tokyo',
  ],
  [{ day: "28.10.2025" }, 'day is "28.10.2025", but must be a day as YYYY-MM-DD'],
  [{ day: "2025-02-30" }, 'date/time field value out of range: "2025-02-30"'],
  [{ day: "2999-01-01" }, 'day is "2999-01-01", which has not begun yet in Asia/Tokyo'],
  [{ slo_citation_rate: "" }, 'slo_citation_rate is "", but must be a number: psql -v slo_citation_rate=NUMBER'],
  [{ slo_latency_p50_ms: "-1" }, 'slo_latency_p50_ms is "-1", but must be a number'],
  [
    { slo_cost_per_answer: "1'; DROP TABLE users" },
    `slo_cost_per_answer is "1'; DROP TABLE users", but must be a number`,
  ],
])("%j is refused", async (variables, message) => {
  expect(await failureOf(calculate(deployed, variables))).toContain(`ERROR:  ${message}`);
});

test("without the unique date it says which change is missing", async () => {
  const mued = await deployed.clone("only_0002");
  await mued.sqitch("revert", "-y", "--to", changes[0]!);
  expect(await failureOf(calculate(mued, { day }))).toContain(
    "ERROR:  rag_metrics_history may have several rows for a day: deploy the change 0003_optimize_rag_indexes first",
  );
});
