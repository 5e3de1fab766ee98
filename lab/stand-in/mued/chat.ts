/**
 * Critical endpoint of the checklist.
 *
 * - POST /api/ai/chat {query, userId?, sessionId?} -> 200 {id, answer, sessionId, citations: [{source, sourceType,
 *   excerpt, confidence, timestamp}], latencyMs, costJpy, model}; 503 while the database lacks Phase 2. Without a
 *   userId the dialogue belongs to no user, as in the checklist's own request. Without a sessionId a new session
 *   begins.
 *
 * An answer cites each enabled plugin. Each dialogue is stored in ai_dialogue_log before it is answered.
 */
import { randomUUID } from "node:crypto";
import type { Context } from "../core/application";
import { Refused, type Database } from "../core/database";
import { optional, readBody, text, uuid } from "../core/fields";
import type { Answer, Request, Route } from "../core/http";

const model = "stand-in";

/** Price of a token in JPY. Four characters count as a token. */
const pricePerToken = 0.01;

const enabledPlugins = "SELECT name, source FROM plugin_registry WHERE enabled ORDER BY name";

const insert = `INSERT INTO ai_dialogue_log (user_id, session_id, query, response, model_used, citations, latency_ms,
    token_cost_jpy, citation_rate, retrieved_count, input_tokens, output_tokens)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`;

export function chatRoutes({ database, metrics }: Pick<Context, "database" | "metrics">): Route[] {
  const answered = metrics.counter("mued_chat_answers_total", "Questions answered and logged.", [{}]);

  async function chat(request: Request): Promise<Answer> {
    const start = Date.now();
    const body = readBody(request.body);
    const query = text(body, "query");
    const userId = optional(body, "userId", uuid);
    const sessionId = optional(body, "sessionId", uuid) ?? randomUUID();
    const citations = await cite(database);
    const answer = `This is the stand-in's answer to "${query.slice(0, 200)}".`;
    const [input, output] = [tokens(query), tokens(answer)];
    const costJpy = Number(((input + output) * pricePerToken).toFixed(4));
    const latencyMs = Date.now() - start;
    const rate = citations.length > 0 ? 100 : 0;
    const dialogue = [userId, sessionId, query, answer, model, JSON.stringify(citations), latencyMs, costJpy, rate];
    const values = [...dialogue, citations.length, input, output];
    const [row] = await database.query<{ id: string }>(insert, values).catch((error: unknown) => {
      throw error instanceof Refused ? error.naming({ fk_ai_dialogue_user: "userId" }) : error;
    });
    answered.increment();
    return { status: 200, body: { id: row?.id, answer, sessionId, citations, latencyMs, costJpy, model } };
  }

  return [{ method: "POST", path: "/api/ai/chat", handle: chat }];
}

async function cite(database: Database) {
  const plugins = await database.query<{ name: string; source: string }>(enabledPlugins);
  const timestamp = new Date().toISOString();
  return plugins.map(({ name, source }) => {
    return { source: name, sourceType: source, excerpt: `What ${name} has on it.`, confidence: 0.9, timestamp };
  });
}

const tokens = (words: string) => Math.ceil(words.length / 4);
