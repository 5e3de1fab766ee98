/**
 * Routes of signals: statements of users and customers, from any source.
 *
 * - GET /api/signals?limit= -> 200 [{id, source, content, externalId, createdAt}], the latest first.
 * - POST /api/signals {content, source, externalId?} -> 201 with the same fields of the new signal. If the source's
 *   externalId is known, 200 with that signal, whose content is replaced. 503 if the backlog of Neo4j is full.
 * - GET /api/signals/export?format=csv|json -> 200 with a file of the latest 10 000. Default format: csv.
 */
import type { Database, Query } from "../core/database";
import { oneOf, optional, readBody, text } from "../core/fields";
import type { Answer, Request, Route } from "../core/http";
import { toCsv } from "./csv";
import { queueSignal } from "./neo4j-backlog";
import { limit } from "./query";
import type { PmSettings } from "./settings";

interface Signal {
  id: string;
  source: string;
  content: string;
  externalId: string | null;
  createdAt: Date;
}

const columns = `id, source, content, external_id AS "externalId", created_at AS "createdAt"`;
const fields = ["id", "source", "content", "externalId", "createdAt"] as const satisfies (keyof Signal)[];

const select = `SELECT ${columns} FROM signals ORDER BY created_at DESC, id DESC LIMIT $1`;

const insert = `INSERT INTO signals (source, content) VALUES ($1, $2) RETURNING ${columns}, true AS "isNew"`;

/** Statement that inserts or updates a signal with an externalId. xmax is 0 only for a row that was just inserted. */
const upsert = `INSERT INTO signals (source, content, external_id) VALUES ($1, $2, $3)
  ON CONFLICT (source, external_id) WHERE external_id IS NOT NULL DO UPDATE SET content = excluded.content
  RETURNING ${columns}, xmax = 0 AS "isNew"`;

const exportLimit = 10_000;

export function signalRoutes(database: Database, { backlogSize }: PmSettings): Route[] {
  async function list(request: Request): Promise<Answer> {
    return { status: 200, body: await database.query<Signal>(select, [limit(request)]) };
  }

  async function post(request: Request): Promise<Answer> {
    const body = readBody(request.body);
    const values = [text(body, "source"), text(body, "content"), optional(body, "externalId", text)];
    const { isNew, ...signal } = await database.transaction(async (query) => {
      const written = await write(query, values);
      await queueSignal(query, backlogSize, written.isNew ? "create" : "update", written);
      return written;
    });
    return { status: isNew ? 201 : 200, body: signal };
  }

  async function download({ query }: Request): Promise<Answer> {
    const format = oneOf({ format: query.get("format") ?? "csv" }, "format", ["csv", "json"]);
    const signals = await database.query<Signal>(select, [exportLimit]);
    const headers = { "content-disposition": `attachment; filename="signals.${format}"` };
    if (format === "json") return { status: 200, body: signals, headers };
    const body = toCsv(fields, signals);
    return { status: 200, body, headers: { ...headers, "content-type": "text/csv; charset=utf-8" } };
  }

  return [
    { method: "GET", path: "/api/signals", handle: list },
    { method: "POST", path: "/api/signals", handle: post },
    { method: "GET", path: "/api/signals/export", handle: download },
  ];
}

async function write(query: Query, [source, content, externalId]: (string | undefined)[]) {
  const statement = externalId === undefined ? insert : upsert;
  const values = externalId === undefined ? [source, content] : [source, content, externalId];
  const [row] = await query<Signal & { isNew: boolean }>(statement, values);
  return row!;
}
