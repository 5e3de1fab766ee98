/**
 * Routes of messages and of their sentiment.
 *
 * - POST /api/conversations/:id/messages {role?, content} -> 201 {id, analysis}; 404. role is customer (the default),
 *   agent or assistant. analysis is "queued" for a customer's message if sentiment_analysis is on for the customer,
 *   otherwise "off".
 * - GET /api/messages/:id/sentiment -> 200 {messageId, status, score, label}; 404. status is pending, completed or
 *   failed.
 */
import type { Context } from "../core/application";
import type { Query } from "../core/database";
import { oneOf, optional, readBody, text, uuid } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";
import { errorMessage } from "../core/log";
import type { FeatureFlags } from "./feature-flags";
import { queues } from "./settings";

const insertMessage = `WITH conversation AS (SELECT id, customer_id FROM conversations WHERE id = $1),
    message AS (
      INSERT INTO messages (conversation_id, role, content) SELECT id, $2, $3 FROM conversation RETURNING id
    )
  SELECT message.id, customer_id AS "customerId" FROM message, conversation`;

const insertPending = "INSERT INTO sentiment_analysis (conversation_id, message_id) VALUES ($1, $2)";

const selectSentiment = `SELECT message_id AS "messageId", status, score::float8 AS score, label
  FROM sentiment_analysis WHERE message_id = $1`;

export function messageRoutes({ database, queue, log }: Context, flags: FeatureFlags): Route[] {
  const jobs = queue(queues.sentiment);

  async function post(request: Request): Promise<Answer> {
    const conversationId = uuid(request.params, "id");
    const body = readBody(request.body);
    const role =
      optional(body, "role", (from, name) => oneOf(from, name, ["customer", "agent", "assistant"])) ?? "customer";
    const content = text(body, "content");

    const { id, analyse } = await database.transaction(async (query) => {
      const message = await insert(query, conversationId, role, content);
      const analyse = role === "customer" && flags.isOn("sentiment_analysis", message.customerId);
      if (analyse) await query(insertPending, [conversationId, message.id]);
      return { id: message.id, analyse };
    });
    // The row stays pending. If Redis does not accept the job or loses it, requeue-failed-jobs queues it again.
    const unqueued = (error: unknown) => log("analysis not queued", { message: id, error: errorMessage(error) });
    if (analyse) await jobs.add({ messageId: id }, id).catch(unqueued);
    return { status: 201, body: { id, analysis: analyse ? "queued" : "off" } };
  }

  async function sentiment(request: Request): Promise<Answer> {
    const [row] = await database.query(selectSentiment, [uuid(request.params, "id")]);
    if (!row) throw new HttpError(404, "There is no analysis of such a message.");
    return { status: 200, body: row };
  }

  return [
    { method: "POST", path: "/api/conversations/:id/messages", handle: post },
    { method: "GET", path: "/api/messages/:id/sentiment", handle: sentiment },
  ];
}

async function insert(query: Query, conversationId: string, role: string, content: string) {
  const [message] = await query<{ id: string; customerId: string }>(insertMessage, [conversationId, role, content]);
  if (message) return message;
  throw new HttpError(404, "There is no such conversation.");
}
