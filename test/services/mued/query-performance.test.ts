/** "Phase 4: Query Performance Testing": the runner of QueryPerformance with MUED's queries, on a real PostgreSQL. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundle } from "../../../components/kubernetes/bundle";
import type { MeasuredQuery } from "../../../components/checks/query-performance";
import { run } from "../../../lab/command";
import { root } from "../../../lab/paths";
import { queries } from "../../../systems/mued/performance";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, checksums, muedSystem, smokeTestUser } from "./mued";

jest.setTimeout(180_000);

let postgres: ThrowAwayPostgres;
let deployed: SystemDatabase;
let runner: string;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  deployed = created;
  await deployed.sqitch("deploy", "--verify");
  await addDialogue(deployed, smokeTestUser);
  runner = join(postgres.directory, "runner.cjs");
  writeFileSync(runner, bundle("components/checks/in-pod/query-performance.ts"));
});

const environment = (mued: SystemDatabase, measured: readonly MeasuredQuery[]) => ({
  ...postgres.environment(mued.owner),
  NODE_PATH: join(root, "node_modules"),
  QUERIES: JSON.stringify({ queries: measured }),
});
const measure = (mued: SystemDatabase, measured: readonly MeasuredQuery[]) =>
  run(process.execPath, [runner], { env: environment(mued, measured) });
/** The runbook's limits are for its own machine. These tests check only the query plans. */
const patient = queries.map((query) => ({ ...query, milliseconds: 60_000 }));
const rowEstimates = (mued: SystemDatabase) =>
  mued.query(
    "SELECT relname, reltuples FROM pg_class WHERE relname IN ('ai_dialogue_log', 'provenance') ORDER BY relname",
  );

test("each query uses its index on the runbook's number of rows, and no row stays", async () => {
  const mued = await deployed.clone("loaded");
  const before = await checksums(mued);

  const output = await measure(mued, queries);

  const lines = output.split("\n").filter((line) => line.startsWith("ok"));
  expect(lines.map((line) => line.replace(/[\d.]+ ms/, "N ms"))).toEqual([
    "ok     4.1 user dialogue query: N ms, measured on 10001 rows with idx_ai_dialogue_user_created",
    "ok     4.2 daily metrics aggregation: N ms, measured on 100001 rows with idx_ai_dialogue_created_at",
    "ok     4.3 provenance lookup: N ms, measured on 10000 rows with idx_provenance_type_created",
  ]);
  expect(output).toContain("Index Scan Backward using idx_ai_dialogue_user_created on ai_dialogue_log (rows 10)");
  expect(output).toContain("Index Scan Backward using idx_provenance_type_created on provenance (rows 20)");
  expect(output).toContain("3 of 3 queries passed");
  expect(await checksums(mued)).toEqual(before);
  expect(await rowEstimates(mued)).toEqual([
    { relname: "ai_dialogue_log", reltuples: 1 },
    { relname: "provenance", reltuples: 0 },
  ]);
});

test("a dropped index is a failure that names the query, the index and the plan", async () => {
  const mued = await deployed.clone("dropped");
  await mued.query("DROP INDEX idx_provenance_type_created");
  const before = await checksums(mued);
  const output = await failureOf(measure(mued, patient.slice(2)));
  expect(output).toContain(
    "FAILED 4.3 provenance lookup: expected index idx_provenance_type_created, under 60000 ms; there is no index idx_provenance_type_created\n  Limit (rows 20)\n",
  );
  expect(await checksums(mued)).toEqual(before);
});

test("an index on other columns under its name is a failure that says what was used", async () => {
  const mued = await deployed.clone("other_columns");
  await mued.query(
    "DROP INDEX idx_ai_dialogue_user_created; CREATE INDEX idx_ai_dialogue_user_created ON ai_dialogue_log (response)",
  );
  expect(await failureOf(measure(mued, patient.slice(0, 1)))).toMatch(
    /FAILED 4\.1 user dialogue query: expected index idx_ai_dialogue_user_created, under 60000 ms; it used (idx_\w+|no index), measured on 10001 rows\n/,
  );
});

test("a query that takes too long is a failure that says how long", async () => {
  const slow = { ...queries[0]!, load: [], sql: "SELECT pg_sleep(0.05)", milliseconds: 20 };
  expect(await failureOf(measure(deployed, [slow]))).toMatch(
    /FAILED 4\.1 user dialogue query: expected under 20 ms; it took 5\d\.\d ms, measured on 1 rows\n/,
  );
});

test("without added rows a small table is read as the planner likes, and that is said", async () => {
  const asItIs = patient.map(({ load: _, ...query }) => query);
  const output = await measure(deployed, asItIs);
  expect(output).toMatch(/ok {5}4\.3 provenance lookup: [\d.]+ ms, measured on 0 rows/);
  expect(output).toContain("3 of 3 queries passed");
});

test("a statement that fails is an error with its message, and leaves nothing", async () => {
  const before = await checksums(deployed);
  const broken = [{ ...patient[0]!, load: [...patient[0]!.load!, "INSERT INTO nowhere VALUES (1)"] }];
  expect(await failureOf(measure(deployed, broken))).toContain(
    'FAILED the measurement: relation "nowhere" does not exist',
  );
  expect(await checksums(deployed)).toEqual(before);
});

test("killed in the middle, with all rows added, it leaves none", async () => {
  const mued = await deployed.clone("killed");
  const before = await checksums(mued);
  const waiting = [{ ...patient[0]!, load: [...patient[0]!.load!, "SELECT pg_sleep(1)"] }];
  const child = spawn(process.execPath, [runner], { env: { ...process.env, ...environment(mued, waiting) } });
  const sessions = (state: string) =>
    postgres.query(
      mued.superuser,
      `SELECT FROM pg_stat_activity WHERE datname = 'killed' AND application_name = 'runsheet query performance' ${state}`,
    );
  const until = async (is: () => Promise<boolean>) => {
    const end = Date.now() + 30_000;
    while (!(await is())) {
      if (Date.now() > end) throw new Error("what was waited for did not happen");
      await sleep(20);
    }
  };
  await until(async () => (await sessions("AND query LIKE 'SELECT pg_sleep%'")).length === 1);
  child.kill("SIGKILL");
  await once(child, "exit");
  await until(async () => (await sessions("")).length === 0);
  expect(await checksums(mued)).toEqual(before);
});
