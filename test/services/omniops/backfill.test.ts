/** Script backfill-sentiment-analysis of the stand-in, on a real PostgreSQL. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { omniopsSystem, smokeTest } from "./omniops";

jest.setTimeout(120_000);

const root = resolve(__dirname, "../../..");
const command = ["--require", "./register.cjs", "lab/stand-in/main.omniops.ts", "backfill-sentiment-analysis"];
const messages = 20_000;
let postgres: ThrowAwayPostgres;
let filled: SystemDatabase;

startSystem(omniopsSystem, async (created) => {
  ({ postgres } = created);
  filled = created;
  await filled.sqitch("deploy");
  // Groups of 100 messages share a timestamp. An agent's messages and a customer's old messages are in between.
  await filled.query(
    `INSERT INTO public.messages (conversation_id, role, content, created_at)
     SELECT $1, role, CASE WHEN n % 2 = 0 THEN 'Thank you, this is great' ELSE 'This is terrible' END,
       now() - age - make_interval(secs => n / 100)
     FROM generate_series(1, $2) AS n,
       (VALUES ('customer', interval '1 hour'), ('agent', interval '1 hour'), ('customer', interval '8 days')) AS kind (role, age)
     WHERE role = 'customer' AND age < interval '1 day' OR n <= 100`,
    [smokeTest.conversation, messages],
  );
  await filled.query("ANALYZE");
});

const environment = (omniops: SystemDatabase) => ({
  STAND_IN_SYSTEM: "omniops",
  DATABASE_URL: `postgresql://${omniops.app.user}@localhost/${omniops.database}?host=${encodeURIComponent(postgres.directory)}`,
});

/** Runs the script, and returns the last line of its output, parsed. */
async function backfill(omniops: SystemDatabase, ...flags: string[]): Promise<unknown> {
  const output = await run(process.execPath, [...command, ...flags], { cwd: root, env: environment(omniops) });
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

async function analyses(omniops: SystemDatabase): Promise<number> {
  const [row] = await omniops.query<{ rows: number }>("SELECT count(*)::int AS rows FROM public.sentiment_analysis");
  return row!.rows;
}

test("a dry run counts what is to be done, and writes nothing", async () => {
  const omniops = await filled.clone("dry_run");
  await analysed(omniops, 1_234);
  expect(await backfill(omniops, "--days=7", "--dry-run")).toEqual({
    dryRun: true,
    days: 7,
    messages,
    alreadyAnalysed: 1_234,
    toAnalyse: messages - 1_234,
  });
  expect(await analyses(omniops)).toBe(1_234);
});

test("it analyses what customers wrote in that time, and nothing the second time", async () => {
  const omniops = await filled.clone("twice");
  const result = { dryRun: false, days: 7, messages };
  expect(await backfill(omniops, "--days=7", "--batch-size=1000")).toEqual({
    ...result,
    alreadyAnalysed: 0,
    toAnalyse: messages,
    analysed: messages,
  });
  expect(
    await omniops.query(
      `SELECT label, score::float8 AS score, status, source, model, count(*)::int AS rows
       FROM public.sentiment_analysis GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`,
    ),
  ).toEqual([
    { label: "negative", score: 0.25, status: "completed", source: "backfill", model: "stand-in", rows: messages / 2 },
    { label: "positive", score: 1, status: "completed", source: "backfill", model: "stand-in", rows: messages / 2 },
  ]);
  expect(await backfill(omniops, "--days=7")).toEqual({
    ...result,
    alreadyAnalysed: messages,
    toAnalyse: 0,
    analysed: 0,
  });
});

test("killed in the middle and run again, it finishes and does nothing a second time", async () => {
  const omniops = await filled.clone("killed");
  const killed = spawn(process.execPath, [...command, "--batch-size=20"], {
    cwd: root,
    env: { ...process.env, ...environment(omniops) },
    stdio: "ignore",
  });
  const ended = once(killed, "exit");
  while ((await analyses(omniops)) < 1_000) await sleep(50);
  killed.kill("SIGKILL");
  await ended;

  const written =
    "SELECT md5(string_agg(a::text, '' ORDER BY id)) AS sum, count(*)::int AS rows FROM public.sentiment_analysis a";
  const [before] = await omniops.query<{ sum: string; rows: number }>(`${written} WHERE completed_at <= now()`);
  expect(before!.rows).toBeGreaterThanOrEqual(1_000);
  expect(before!.rows).toBeLessThan(messages);
  const [{ now }] = (await omniops.query<{ now: string }>("SELECT now()::text AS now")) as [{ now: string }];

  expect(await backfill(omniops, "--batch-size=1000")).toEqual({
    dryRun: false,
    days: 7,
    messages,
    alreadyAnalysed: before!.rows,
    toAnalyse: messages - before!.rows,
    analysed: messages - before!.rows,
  });
  expect(await omniops.query(`${written} WHERE completed_at <= $1`, [now])).toEqual([before]);
});

test("what waits or has failed is completed, and counts as not analysed", async () => {
  const omniops = await filled.clone("unfinished");
  await omniops.query(
    `INSERT INTO public.sentiment_analysis (conversation_id, message_id, status, attempts, error)
     SELECT conversation_id, id, CASE WHEN n % 2 = 0 THEN 'failed' ELSE 'pending' END, 1, 'the ML API answered 500'
     FROM (SELECT *, row_number() OVER () AS n FROM public.messages WHERE role = 'customer'
       AND created_at > now() - interval '7 days' LIMIT 100) AS hundred`,
  );
  expect(await backfill(omniops, "--batch-size=5000")).toMatchObject({ alreadyAnalysed: 0, analysed: messages });
  expect(
    await omniops.query("SELECT status, error, count(*)::int AS rows FROM public.sentiment_analysis GROUP BY 1, 2"),
  ).toEqual([{ status: "completed", error: null, rows: messages }]);
});

test.each([
  [["--days=0"], '--days is \\"0\\": give it a whole number from 1 to 3650. See --help.'],
  [["--batch-size=many"], '--batch-size is \\"many\\": give it a whole number from 1 to 10000. See --help.'],
  [["--everything"], "Unknown option '--everything'"],
])("%j is refused before anything is done", async (flags, message) => {
  expect(await failureOf(backfill(filled, ...flags) as Promise<string>)).toContain(message);
  expect(await analyses(filled)).toBe(0);
});

/** Completes the analysis of so many messages, as the worker does. */
async function analysed(omniops: SystemDatabase, rows: number): Promise<void> {
  await omniops.query(
    `INSERT INTO public.sentiment_analysis (conversation_id, message_id, status, score, label, confidence, model, completed_at)
     SELECT conversation_id, id, 'completed', 0.5, 'neutral', 0.5, 'test', now() FROM public.messages
     WHERE role = 'customer' AND created_at > now() - interval '7 days' LIMIT $1`,
    [rows],
  );
}
