/**
 * "Neo4j Backlog": what waits to be written to Neo4j.
 *
 * Neo4j is somebody else's, and the stand-in does not speak its protocol: it never writes to it. So each signal waits in the
 * backlog, as it would while Neo4j is away, until somebody takes it out; and a backlog of NEO4J_BACKLOG_MAX_SIZE refuses the
 * write that would make it grow, instead of losing what Neo4j would lack for ever.
 *
 * - POST /api/admin/neo4j/backlog/cleanup -> 200 {deleted, deadLettered}: what was written NEO4J_BACKLOG_CLEANUP_DAYS ago,
 *   and what failed NEO4J_BACKLOG_MAX_RETRIES times.
 * - GET /api/admin/neo4j/dead-letter?limit= -> 200 [{id, operation, entityType, entityId, payload, retryCount, lastError,
 *   queuedAt, movedAt}]: what nobody decided about yet, the oldest first.
 *
 * Both are 404 before V3_011.
 */
import type { Database, Query } from "../core/database";
import { Unavailable, type Answer, type Request, type Route } from "../core/http";
import { limit } from "./query";
import type { PmSettings } from "./settings";
import { isThere, requireTable } from "./tables";

export const table = "neo4j_sync_backlog";

const insert = `INSERT INTO neo4j_sync_backlog (operation, entity_type, entity_id, payload) VALUES ($1, 'signal', $2, $3)
  ON CONFLICT (operation, entity_type, entity_id) WHERE status = 'pending' DO UPDATE SET payload = excluded.payload`;

/** Counted no further than needed. */
const count = `SELECT count(*)::int AS waiting FROM (
    SELECT FROM neo4j_sync_backlog WHERE status <> 'completed' LIMIT $1
  ) AS waiting`;

const cleanUp = `SELECT cleanup_neo4j_backlog($1) AS deleted, move_to_dead_letter($2) AS "deadLettered"`;

const selectDeadLetters = `SELECT id::float8 AS id, operation, entity_type AS "entityType", entity_id AS "entityId", payload,
    retry_count::float8 AS "retryCount", last_error AS "lastError", queued_at AS "queuedAt", moved_at AS "movedAt"
  FROM neo4j_sync_dead_letter WHERE resolved_at IS NULL ORDER BY moved_at, id LIMIT $1`;

/**
 * Puts a signal into the backlog, in the transaction that writes it. Throws Unavailable when the backlog is full: those that
 * come at the same moment may exceed it by one each. Before V3_008 there is no backlog, and nothing waits.
 */
export async function queueSignal(
  query: Query,
  size: number,
  operation: "create" | "update",
  signal: { id: string; source: string; content: string },
): Promise<void> {
  if (!(await isThere(query, table))) return;
  const { id, source, content } = signal;
  await query(insert, [operation, id, JSON.stringify({ source, content })]);
  const waiting = await countWaiting(query, size + 1);
  if (waiting > size)
    throw new Unavailable(`The backlog of Neo4j is full: ${size} writes wait (NEO4J_BACKLOG_MAX_SIZE).`);
}

/** How much waits, counted no further than `limit`. */
export async function countWaiting(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ waiting: number }>(count, [limit]);
  return row!.waiting;
}

export function backlogRoutes(database: Database, { backlogDays, backlogRetries }: PmSettings): Route[] {
  const requireDeadLetters = () => requireTable(database, "neo4j_sync_dead_letter", "V3_011_neo4j_dead_letter");

  async function cleanup(): Promise<Answer> {
    await requireDeadLetters();
    const [row] = await database.query(cleanUp, [backlogDays, backlogRetries]);
    return { status: 200, body: row };
  }

  async function deadLetters(request: Request): Promise<Answer> {
    const wanted = limit(request);
    await requireDeadLetters();
    return { status: 200, body: await database.query(selectDeadLetters, [wanted]) };
  }

  return [
    { method: "POST", path: "/api/admin/neo4j/backlog/cleanup", handle: cleanup },
    { method: "GET", path: "/api/admin/neo4j/dead-letter", handle: deadLetters },
  ];
}
