/**
 * Worker of the queue `sentiment-analysis`: analyses a job's message, and escalates it if the customer is angry.
 *
 * Each step is idempotent: an analysed message is not analysed again, and a rule has one event for a message.
 */
import type { Context } from "../core/application";
import type { Database } from "../core/database";
import { uuid } from "../core/fields";
import type { Job } from "../core/queue";
import type { WorkerDefinition } from "../core/worker";
import type { FeatureFlags } from "./feature-flags";
import type { Analyse } from "./ml-api";
import { model } from "./scorer";
import { queues, type OmniOpsSettings } from "./settings";

interface Message {
  content: string;
  conversationId: string;
  customerId: string;
  /** Score of an analysis that was completed before. Null if there is none. */
  score: number | null;
}

const selectMessage = `SELECT content, conversation_id AS "conversationId", customer_id AS "customerId", score::float8 AS score
  FROM messages
  JOIN conversations ON conversations.id = conversation_id
  LEFT JOIN (SELECT message_id, score FROM sentiment_analysis WHERE status = 'completed') AS completed
    ON message_id = messages.id
  WHERE messages.id = $1`;

const complete = `INSERT INTO sentiment_analysis AS analysis
    (conversation_id, message_id, status, score, label, confidence, model, latency_ms, completed_at)
  VALUES ($1, $2, 'completed', $3, $4, $5, $6, $7, now())
  ON CONFLICT (message_id) DO UPDATE SET status = excluded.status, error = NULL, score = excluded.score,
    label = excluded.label, confidence = excluded.confidence, model = excluded.model, latency_ms = excluded.latency_ms,
    completed_at = excluded.completed_at
  WHERE analysis.status <> 'completed'`;

const fail = `UPDATE sentiment_analysis SET status = 'failed', attempts = attempts + 1, error = $2
  WHERE message_id = $1 AND status <> 'completed'`;

const escalate = `INSERT INTO escalation_events (rule_id, conversation_id, message_id, score, reason)
  SELECT id, $2, $3, $4::numeric, 'The sentiment is ' || $4::numeric || ', below ' || coalesce(threshold, $5)
  FROM escalation_rules
  WHERE customer_id = $1 AND trigger_type = 'sentiment' AND enabled AND $4::numeric < coalesce(threshold, $5)
  ON CONFLICT (rule_id, message_id) DO NOTHING
  RETURNING id`;

export function sentimentAnalysis(
  { database }: Context,
  settings: OmniOpsSettings,
  flags: FeatureFlags,
  analyse: Analyse,
): WorkerDefinition {
  async function handle({ data }: Job): Promise<Record<string, unknown>> {
    const messageId = uuid(data, "messageId");
    const [message] = await database.query<Message>(selectMessage, [messageId]);
    if (!message) return { skipped: "the message is gone" };
    const score = message.score ?? (await analyseMessage(database, analyse, messageId, message));
    const { customerId, conversationId } = message;
    if (!flags.isOn("auto_escalation", customerId)) return { score, escalations: 0 };
    const values = [customerId, conversationId, messageId, score, settings.escalationThreshold];
    return { score, escalations: (await database.query(escalate, values)).length };
  }

  async function failed({ data }: Job, reason: string): Promise<void> {
    // A job without a message id has no row to update.
    if (typeof data.messageId !== "string") return;
    await database.query(fail, [uuid(data, "messageId"), reason]);
  }

  return { queue: queues.sentiment, handle, failed };
}

async function analyseMessage(
  database: Database,
  analyse: Analyse,
  messageId: string,
  message: Message,
): Promise<number> {
  const { score, label, confidence, latencyMilliseconds } = await analyse(message.content);
  const values = [message.conversationId, messageId, score, label, confidence, model, latencyMilliseconds];
  await database.query(complete, values);
  return score;
}
