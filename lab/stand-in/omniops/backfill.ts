/**
 * "Phase 4 Deployment Guide: Backfill Historical Data": analyses what customers wrote in the last days.
 *
 * Each batch is one statement, and what is analysed is left out: killed at any time and run again, it goes on where it
 * was; run once more, it does nothing.
 */
import type { Database } from "../core/database";
import type { Flags, Script, ScriptContext } from "../core/script";
import { model, scoreSentiment } from "./scorer";

/** Messages from `since` on, as both ends were when it started: what comes meanwhile is analysed as it comes. */
interface Window {
  since: string;
  until: string;
}

interface Counts {
  messages: number;
  alreadyAnalysed: number;
}

interface Message {
  id: string;
  /** With microseconds, which a Date does not have. */
  createdAt: string;
  /** Whether a customer wrote it. */
  counts: boolean;
  /** Null when there is nothing to analyse: it is done already, or of nobody whom it is about. */
  content: string | null;
}

const selectWindow = `SELECT (now() - make_interval(days => $1))::text AS since, now()::text AS until`;

/** The analysis is looked up for each message: a join may be planned very badly while the tables are new. */
const count = `SELECT count(*)::int AS messages, count(*) FILTER (
    WHERE EXISTS (SELECT FROM sentiment_analysis WHERE message_id = messages.id AND status = 'completed')
  )::int AS "alreadyAnalysed"
  FROM messages
  WHERE role = 'customer' AND created_at >= $1::timestamptz AND created_at < $2::timestamptz`;

/**
 * The page is cut first, from the index, whoever wrote the messages; only its own rows are looked at any further, one by
 * one: without the LIMIT 1 PostgreSQL reads all analyses for each page.
 */
const selectPage = `SELECT page.id, created_at::text AS "createdAt", role = 'customer' AS counts,
    CASE WHEN role = 'customer' AND completed.id IS NULL THEN content END AS content
  FROM (
    SELECT id, role, created_at, content FROM messages
    WHERE created_at < $2::timestamptz AND (created_at, id) > ($1::timestamptz, $3::uuid)
    ORDER BY created_at, id LIMIT $4
  ) AS page
  LEFT JOIN LATERAL (
    SELECT id FROM sentiment_analysis WHERE message_id = page.id AND status = 'completed' LIMIT 1
  ) AS completed ON true
  ORDER BY page.created_at, page.id`;

/** A message that was deleted meanwhile is left out; one that is there stays until the row is written. */
const insertBatch = `INSERT INTO sentiment_analysis AS analysis
    (conversation_id, message_id, status, score, label, confidence, model, source, completed_at)
  SELECT messages.conversation_id, messages.id, 'completed', scored.score, scored.label, scored.confidence, $5, 'backfill',
    now()
  FROM unnest($1::uuid[], $2::numeric[], $3::text[], $4::numeric[]) AS scored (message_id, score, label, confidence)
  JOIN messages ON messages.id = scored.message_id
  FOR KEY SHARE OF messages
  ON CONFLICT (message_id) DO UPDATE SET status = excluded.status, error = NULL, score = excluded.score,
    label = excluded.label, confidence = excluded.confidence, model = excluded.model, source = excluded.source,
    completed_at = excluded.completed_at
  WHERE analysis.status <> 'completed'
  RETURNING id`;

/** Comes before all ids that there are. */
const first = "00000000-0000-0000-0000-000000000000";

export const backfill: Script = {
  summary: "Analyses the sentiment of what customers wrote in the last days, as far as it is not analysed.",
  flags: {
    days: { help: "How many days back.", number: { fallback: 7, minimum: 1, maximum: 3650 } },
    "batch-size": { help: "Messages of one statement.", number: { fallback: 100, minimum: 1, maximum: 10_000 } },
    "dry-run": { help: "Counts and writes nothing." },
  },
  needs: ["database"],
  async run(context, { numbers, switches }: Flags) {
    const { database } = context;
    const days = numbers.days!;
    const [window] = await database.query<Window>(selectWindow, [days]);
    const [counts] = await database.query<Counts>(count, [window!.since, window!.until]);
    const dryRun = switches["dry-run"]!;
    const toAnalyse = counts!.messages - counts!.alreadyAnalysed;
    const result = { dryRun, days, ...counts!, toAnalyse };
    if (dryRun) return result;
    return { ...result, analysed: await analyseAll(context, window!, counts!, numbers["batch-size"]!) };
  },
};

async function analyseAll(context: ScriptContext, window: Window, { messages }: Counts, size: number): Promise<number> {
  const { database, progress } = context;
  let [after, id] = [window.since, first];
  let [seen, analysed] = [0, 0];
  for (;;) {
    const page = await database.query<Message>(selectPage, [after, window.until, id, size]);
    const last = page[page.length - 1];
    if (!last) return analysed;
    analysed += await analysePage(database, page);
    seen += page.filter(({ counts }) => counts).length;
    progress(`${seen} of ${messages}`);
    [after, id] = [last.createdAt, last.id];
  }
}

async function analysePage(database: Database, page: readonly Message[]): Promise<number> {
  const waiting = page.filter(({ content }) => content !== null);
  if (waiting.length === 0) return 0;
  const scored = waiting.map(({ id, content }) => ({ id, ...scoreSentiment(content!) }));
  const written = await database.query(insertBatch, [
    scored.map(({ id }) => id),
    scored.map(({ score }) => score),
    scored.map(({ label }) => label),
    scored.map(({ confidence }) => confidence),
    model,
  ]);
  return written.length;
}
