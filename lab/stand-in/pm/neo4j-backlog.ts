/**
 * Backlog of writes to Neo4j, as in "Neo4j Backlog".
 *
 * The stand-in does not speak the protocol of Neo4j, and never writes to it. Each signal therefore waits in the
 * backlog, as it would while Neo4j is unavailable, until somebody removes it. A write that would exceed
 * NEO4J_BACKLOG_MAX_SIZE is refused, so that Neo4j does not lose it permanently.
 *
 * - POST /api/admin/neo4j/backlog/cleanup -> 200 {deleted, deadLettered}: deletes entries that were completed
 *   NEO4J_BACKLOG_CLEANUP_DAYS ago, and moves entries that failed NEO4J_BACKLOG_MAX_RETRIES times to the dead letters.
 * - GET /api/admin/neo4j/dead-letter?limit= -> 200 [{id, operation, entityType, entityId, payload, retryCount,
 *   lastError, queuedAt, movedAt}]: the unresolved dead letters, the oldest first.
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

/** Query that counts the waiting entries, at most to a limit. */
const count = `SELECT count(*)::int AS waiting FROM (
    SELECT FROM neo4j_sync_backlog WHERE status <> 'completed' LIMIT $1
  ) AS waiting`;

const cleanUp = `SELECT cleanup_neo4j_backlog($1) AS deleted, move_to_dead_letter($2) AS "deadLettered"`;

const selectDeadLetters = `SELECT id::float8 AS id, operation, entity_type AS "entityType", entity_id AS "entityId", payload,
    retry_count::float8 AS "retryCount", last_error AS "lastError", queued_at AS "queuedAt", moved_at AS "movedAt"
  FROM neo4j_sync_dead_letter WHERE resolved_at IS NULL ORDER BY moved_at, id LIMIT $1`;

/**
 * Adds a signal to the backlog, in the transaction that writes it. Throws Unavailable if the backlog is full.
 * Concurrent transactions may exceed the limit by one entry each. Before V3_008 there is no backlog, and nothing is
 * added.
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

/** Counts the waiting entries, at most to `limit`. */
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
