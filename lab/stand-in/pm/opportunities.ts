/**
 * Routes of opportunities, which are derived from signals.
 *
 * - GET /api/opportunities?limit= -> 200 [{id, title, description, status, score, version, jiraIssueKey, createdAt,
 *   updatedAt}], the latest first. version is null before V3_009, and jiraIssueKey before V3_010.
 * - PATCH /api/opportunities/:id {version, title?, description?, status?, score?} -> 200 with the same fields of the
 *   changed opportunity; 404; 409 {error} if its version is no longer the given one ("optimistic locking"); 503 before
 *   V3_009.
 */
import type { Database } from "../core/database";
import { number, oneOf, optional, readBody, text, uuid, wrong } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";
import { limit } from "./query";

/** Columns of the result. Two are read through JSON, so that it is no error if the schema does not have them yet. */
const columns = `id, title, description, status, score::float8 AS score,
    (to_jsonb(opportunities) ->> 'version')::float8 AS version,
    to_jsonb(opportunities) ->> 'jira_issue_key' AS "jiraIssueKey", created_at AS "createdAt", updated_at AS "updatedAt"`;

const select = `SELECT ${columns} FROM opportunities ORDER BY created_at DESC, id DESC LIMIT $1`;

const selectVersion = "SELECT version::float8 AS version FROM opportunities WHERE id = $1 FOR UPDATE";

/**
 * Statement that changes an opportunity. It names the version that it makes, and the database refuses any but the row's
 * next.
 */
const update = `UPDATE opportunities SET title = coalesce($3, title), description = coalesce($4, description),
    status = coalesce($5, status), score = coalesce($6, score), version = $2 + 1, updated_at = now()
  WHERE id = $1 RETURNING ${columns}`;

const statuses = ["new", "reviewing", "planned", "done", "rejected"] as const;

export function opportunityRoutes(database: Database): Route[] {
  async function list(request: Request): Promise<Answer> {
    return { status: 200, body: await database.query(select, [limit(request)]) };
  }

  async function patch({ params, body }: Request): Promise<Answer> {
    const id = uuid(params, "id");
    const { version, changes } = readChanges(body);
    const [row] = await database.transaction(async (query) => {
      const [found] = await query<{ version: number }>(selectVersion, [id]);
      if (!found) throw new HttpError(404, "There is no such opportunity.");
      if (found.version !== version) throw new HttpError(409, conflict(found.version, version));
      return query(update, [id, version, ...changes]);
    });
    return { status: 200, body: row };
  }

  return [
    { method: "GET", path: "/api/opportunities", handle: list },
    { method: "PATCH", path: "/api/opportunities/:id", handle: patch },
  ];
}

const conflict = (stored: number, given: number) =>
  `The opportunity has the version ${stored}, but the change is of the version ${given}: read it again.`;

function readChanges(requestBody: unknown) {
  const body = readBody(requestBody);
  const version = number(body, "version", 1, Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(version)) throw wrong("version", "a whole number");
  const changes = [
    optional(body, "title", text),
    optional(body, "description", text),
    optional(body, "status", (from, name) => oneOf(from, name, statuses)),
    optional(body, "score", (from, name) => number(from, name, 0, 1)),
  ];
  if (changes.some((change) => change !== undefined)) return { version, changes };
  throw new HttpError(400, "Send what is to be changed: title, description, status or score.", "body");
}
