/**
 * Script of "Phase 4 Deployment Guide: Backfill Historical Data": analyses the customers' messages of the last days.
 *
 * Each batch is one statement, and analysed messages are skipped. A killed run can be resumed by running the script
 * again. After a complete run nothing is left to do.
 */
import type { Database } from "../core/database";
import type { Flags, Script, ScriptContext } from "../core/script";
import { model, scoreSentiment } from "./scorer";

/** Time range of the messages, fixed at the start. Later messages are analysed when they arrive. */
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
  /** Creation time with microseconds, which a Date does not have. */
  createdAt: string;
  /** True if a customer wrote the message. */
  counts: boolean;
  /** Text to analyse. Null if the message is already analysed, or if no customer wrote it. */
  content: string | null;
}

const selectWindow = `SELECT (now() - make_interval(days => $1))::text AS since, now()::text AS until`;

/**
 * Query that counts the messages and their analyses. It has a subquery for each message, because a join may be planned
 * very badly while the tables are new.
 */
const count = `SELECT count(*)::int AS messages, count(*) FILTER (
    WHERE EXISTS (SELECT FROM sentiment_analysis WHERE message_id = messages.id AND status = 'completed')
  )::int AS "alreadyAnalysed"
  FROM messages
  WHERE role = 'customer' AND created_at >= $1::timestamptz AND created_at < $2::timestamptz`;

/**
 * Query of a page. It is first cut from the index, for all roles. Only its own rows are then looked up, one by one.
 * Without the LIMIT 1 PostgreSQL reads all analyses for each page.
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

/**
 * Statement that writes a batch. It skips messages that were deleted in the meantime, and locks the others against
 * deletion.
 */
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

/** Smallest UUID, which precedes all ids. */
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
